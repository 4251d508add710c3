import { type OnModuleInit } from '@nestjs/common';
import { HealthStatus } from '@vitals/health';
export interface Order {
    readonly id: number;
    readonly item: string;
    readonly quantity: number;
}
export declare class OrdersService implements OnModuleInit {
    private readonly catalogue;
    private readonly open;
    private lastId;
    onModuleInit(): void;
    list(): Order[];
    place(item: string, quantity: number): Order;
    ship(id: number): boolean;
    hasCatalogue(): boolean;
    /** A full warehouse takes no more orders: other instances should get them. */
    warehouse(): HealthStatus;
}
//# sourceMappingURL=orders.service.d.ts.map