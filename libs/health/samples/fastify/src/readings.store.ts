import { Injectable } from '@nestjs/common';
import { HealthComponent, HealthGroup, HealthStatus, Readiness } from '@vitals/health';

export interface Reading {
  readonly sensor: string;
  readonly celsius: number;
  readonly atMs: number;
}

const MAX_SENSORS = 1_000;
const SILENT_AFTER_MS = 60_000;

/** The last reading of every sensor; a component of `/healthz?components=true`. */
@Injectable()
@HealthComponent({ name: 'readings', type: 'datastore' })
export class ReadingsStore {
  private readonly readings = new Map<string, Reading>();

  add(sensor: string, celsius: number): Reading {
    const reading = { sensor, celsius, atMs: Date.now() };
    this.readings.set(sensor, reading);
    return reading;
  }

  latest(sensor: string): Reading | undefined {
    return this.readings.get(sensor);
  }

  silentSensors(): string[] {
    const since = Date.now() - SILENT_AFTER_MS;
    return [...this.readings.values()].filter(({ atMs }) => atMs < since).map(({ sensor }) => sensor);
  }

  @Readiness('store')
  @HealthGroup('ingest')
  hasRoom(): HealthStatus {
    const status = HealthStatus.up().withAttribute('sensors', this.readings.size);
    return this.readings.size < MAX_SENSORS ? status : status.down('no room for more sensors');
  }
}
