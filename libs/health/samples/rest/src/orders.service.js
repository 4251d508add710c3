var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { BadRequestException, Injectable } from '@nestjs/common';
import { HealthStatus, Readiness, Startup } from '@vitals/health';
/** How many open orders the warehouse can take, and from how many on it gets slow. */
const CAPACITY = 100;
const SLOW_FROM = 80;
let OrdersService = class OrdersService {
    constructor() {
        this.catalogue = new Set();
        this.open = new Map();
        this.lastId = 0;
    }
    onModuleInit() {
        for (const item of ['anvil', 'bellows', 'tongs'])
            this.catalogue.add(item);
    }
    list() {
        return [...this.open.values()];
    }
    place(item, quantity) {
        if (!this.catalogue.has(item))
            throw new BadRequestException(`there is no ${item}`);
        const order = { id: ++this.lastId, item, quantity };
        this.open.set(order.id, order);
        return order;
    }
    ship(id) {
        return this.open.delete(id);
    }
    hasCatalogue() {
        return this.catalogue.size > 0;
    }
    /** A full warehouse takes no more orders: other instances should get them. */
    warehouse() {
        const status = HealthStatus.up()
            .withAttribute('open', this.open.size)
            .withAttribute('capacity', CAPACITY);
        if (this.open.size >= CAPACITY)
            return status.down('the warehouse is full');
        return this.open.size >= SLOW_FROM ? status.degraded('the warehouse is nearly full') : status;
    }
};
__decorate([
    Startup('catalogue'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Boolean)
], OrdersService.prototype, "hasCatalogue", null);
__decorate([
    Readiness('warehouse'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", HealthStatus)
], OrdersService.prototype, "warehouse", null);
OrdersService = __decorate([
    Injectable()
], OrdersService);
export { OrdersService };
//# sourceMappingURL=orders.service.js.map