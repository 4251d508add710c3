import { Controller, Get } from '@nestjs/common';
import {
  DiskHealthIndicator,
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  MemoryHealthIndicator,
} from '@nestjs/terminus';
import { PrinterIndicator } from './printer.indicator.js';

/** Before: one method lists every check and runs it. */
@Controller('terminus')
export class BeforeController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly disk: DiskHealthIndicator,
    private readonly memory: MemoryHealthIndicator,
    private readonly printer: PrinterIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.disk.checkStorage('disk', { path: '/', thresholdPercent: 0.99 }),
      () => this.memory.checkHeap('memory', 1024 ** 3),
      () => this.printer.check('printer'),
    ]);
  }
}
