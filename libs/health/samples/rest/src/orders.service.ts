import { BadRequestException, Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthStatus, Readiness, Startup } from '@vitals/health';

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly quantity: number;
}

/** How many open orders the warehouse can take, and from how many on it gets slow. */
const CAPACITY = 100;
const SLOW_FROM = 80;

@Injectable()
export class OrdersService implements OnModuleInit {
  private readonly catalogue = new Set<string>();
  private readonly open = new Map<number, Order>();
  private lastId = 0;

  onModuleInit(): void {
    for (const item of ['anvil', 'bellows', 'tongs']) this.catalogue.add(item);
  }

  list(): Order[] {
    return [...this.open.values()];
  }

  place(item: string, quantity: number): Order {
    if (!this.catalogue.has(item)) throw new BadRequestException(`there is no ${item}`);
    const order = { id: ++this.lastId, item, quantity };
    this.open.set(order.id, order);
    return order;
  }

  ship(id: number): boolean {
    return this.open.delete(id);
  }

  @Startup('catalogue')
  hasCatalogue(): boolean {
    return this.catalogue.size > 0;
  }

  /** A full warehouse takes no more orders: other instances should get them. */
  @Readiness('warehouse')
  warehouse(): HealthStatus {
    const status = HealthStatus.up()
      .withAttribute('open', this.open.size)
      .withAttribute('capacity', CAPACITY);
    if (this.open.size >= CAPACITY) return status.down('the warehouse is full');
    return this.open.size >= SLOW_FROM ? status.degraded('the warehouse is nearly full') : status;
  }
}
