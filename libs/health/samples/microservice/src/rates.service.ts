import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { type CheckContext, HealthStatus, Readiness } from '@vitals/health';
import { BankClient } from './bank.client.js';

const REFRESH_MS = 10_000;
const TOO_OLD_MS = 60_000;

/** Exchange rates of the euro, as young as the bank lets them be. */
@Injectable()
export class RatesService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RatesService.name);
  private rates: ReadonlyMap<string, number> = new Map();
  private refreshedAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly bank: BankClient) {}

  async onModuleInit(): Promise<void> {
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS);
    await this.refresh();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  rateOf(currency: string): number {
    const rate = this.rates.get(currency);
    if (rate === undefined) throw new RpcException(`no rate is known for ${currency}`);
    return rate;
  }

  /** Old rates are worse than no answer: callers should turn to another instance. */
  @Readiness('rates')
  areFresh(): HealthStatus {
    const ageMs = Math.round(performance.now() - this.refreshedAtMs);
    const status = HealthStatus.up().withAttribute('ageMs', ageMs);
    return ageMs < TOO_OLD_MS ? status : status.down('the rates are too old');
  }

  /** Asked in the background, so that no probe waits for the bank; one bad answer is not yet a failure. */
  @Readiness({
    name: 'bank',
    every: '5s',
    timeout: '2s',
    failureThreshold: 3,
    critical: false,
    external: true,
  })
  async bankAnswers({ signal }: CheckContext): Promise<void> {
    await this.bank.rates(signal);
  }

  private async refresh(): Promise<void> {
    try {
      this.rates = await this.bank.rates();
      this.refreshedAtMs = performance.now();
    } catch (error) {
      this.logger.warn(`the rates are kept as they are: ${(error as Error).message}`);
    }
  }
}
