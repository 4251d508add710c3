import { Body, Controller, Delete, Get, NotFoundException, Param, Post } from '@nestjs/common';
import { type Order, OrdersService } from './orders.service.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(): Order[] {
    return this.orders.list();
  }

  @Post()
  place(@Body() { item, quantity }: { item: string; quantity: number }): Order {
    return this.orders.place(item, quantity);
  }

  @Delete(':id')
  ship(@Param('id') id: string): void {
    if (!this.orders.ship(Number(id))) throw new NotFoundException(`there is no open order ${id}`);
  }
}
