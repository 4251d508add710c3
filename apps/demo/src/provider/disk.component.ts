import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Faults } from './faults.js';

/** Least free space that a provider works with, in bytes. */
const MIN_FREE_BYTES = 10 * 1024 * 1024;

/** The disk on which a provider would keep its work. */
@Injectable()
@HealthComponent({ name: 'disk', type: 'storage.local' })
export class DiskComponent {
  constructor(private readonly faults: Faults) {}

  @Health({ name: 'diskspace', kinds: ['readiness'] })
  async check(): Promise<HealthStatus> {
    const { bavail, bsize } = await statfs('.');
    const status = HealthStatus.named('diskspace').withAttribute('freebytes', bavail * bsize);
    if (this.faults.disk) return status.down('the disk was switched off for the demo');
    return bavail * bsize > MIN_FREE_BYTES ? status.up() : status.down('the disk is nearly full');
  }
}
