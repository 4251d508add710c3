import { Injectable } from '@nestjs/common';
import { DiskHealthIndicator, type HealthIndicatorResult, MemoryHealthIndicator } from '@nestjs/terminus';
import { Liveness, Readiness } from '@vitals/health';
import { PrinterIndicator } from './printer.indicator.js';

/**
 * After: every check is a method that returns what the indicator returns, and says what it is for. It has a
 * timeout, shares its run with concurrent requests, and one that throws does not take the others' results along.
 * `/health?format=terminus` answers in the old shape.
 */
@Injectable()
export class AfterHealth {
  constructor(
    private readonly disk: DiskHealthIndicator,
    private readonly memory: MemoryHealthIndicator,
    private readonly printer: PrinterIndicator,
  ) {}

  @Readiness({ name: 'disk', cacheFor: '10s' })
  diskspace(): Promise<HealthIndicatorResult> {
    return this.disk.checkStorage('disk', { path: '/', thresholdPercent: 0.99 });
  }

  @Liveness('memory')
  heap(): Promise<HealthIndicatorResult> {
    return this.memory.checkHeap('memory', 1024 ** 3);
  }

  @Readiness('printer')
  printing(): HealthIndicatorResult {
    return this.printer.check('printer');
  }
}
