import { Module } from '@nestjs/common';
import { HealthModule } from '@vitals/health';
import { BankClient } from './bank.client.js';
import { PricesController } from './prices.controller.js';
import { RatesService } from './rates.service.js';

@Module({
  imports: [
    HealthModule.forRoot({
      appId: 'prices',
      port: Number(process.env.HEALTH_PORT ?? 8081),
      host: process.env.HOST ?? '127.0.0.1',
      drain: process.env.DRAIN ?? '5s',
    }),
  ],
  controllers: [PricesController],
  providers: [BankClient, RatesService],
})
export class AppModule {}
