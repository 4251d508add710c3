import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

/** An indicator of the app's own, as terminus asks for it; it stays as it is. */
@Injectable()
export class PrinterIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  check(key: string): HealthIndicatorResult {
    const pages = 120;
    const indicator = this.indicators.check(key);
    return pages > 0 ? indicator.up({ pages }) : indicator.down({ pages });
  }
}
