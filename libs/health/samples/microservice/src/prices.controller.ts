import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { RatesService } from './rates.service.js';

@Controller()
export class PricesController {
  constructor(private readonly rates: RatesService) {}

  @MessagePattern('convert')
  convert(@Payload() { euros, currency }: { euros: number; currency: string }): number {
    return Math.round(euros * this.rates.rateOf(currency) * 100) / 100;
  }
}
