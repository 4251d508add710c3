import { Body, Controller, Get, NotFoundException, Param, Post } from '@nestjs/common';
import { Health, HealthStatus } from '@vitals/health';
import { type Reading, ReadingsStore } from './readings.store.js';

@Controller('readings')
export class ReadingsController {
  constructor(private readonly store: ReadingsStore) {}

  @Post()
  add(@Body() { sensor, celsius }: { sensor: string; celsius: number }): Reading {
    return this.store.add(sensor, celsius);
  }

  /** A check with a route of its own: it answers alone at /readings/sensors, and counts in /health. */
  @Get('sensors')
  @Health({ name: 'sensors', critical: false, groups: ['ingest'] })
  sensors(): HealthStatus {
    const silent = this.store.silentSensors();
    const status = HealthStatus.up().withAttribute('silent', silent.length);
    return silent.length === 0 ? status : status.down(`no readings from ${silent.join(', ')}`);
  }

  @Get('latest/:sensor')
  latest(@Param('sensor') sensor: string): Reading {
    const reading = this.store.latest(sensor);
    if (!reading) throw new NotFoundException(`nothing was read from ${sensor} yet`);
    return reading;
  }
}
