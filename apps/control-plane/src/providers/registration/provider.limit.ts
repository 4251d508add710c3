import { getHeapStatistics } from 'node:v8';
import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Settings } from '../../settings/settings.js';
import { ProviderDirectory } from '../provider.directory.js';

/**
 * Of the memory that Node may use, which includes what it keeps for young objects; beyond it there is no room for
 * the work on those who are registered, and Node ends the process well before it is full.
 */
const MAX_OF_HEAP = 0.7;

/** Bounds the memory that registrations take: whoever may register may do it without end. */
@Injectable()
export class ProviderLimit {
  constructor(
    private readonly settings: Settings,
    private readonly directory: ProviderDirectory,
  ) {}

  /** @throws VitalsError `overloaded` if the name is new, and there is no room for one more */
  assertRoomFor(name: string): void {
    if (this.directory.find(name)) return;
    const { maxProviders } = this.settings;
    if (this.directory.size >= maxProviders) {
      throw new VitalsError(
        'overloaded',
        `${maxProviders} providers are registered, and VITALS_MAX_PROVIDERS allows no more; remove some, or raise it`,
      );
    }
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used > limit * MAX_OF_HEAP) {
      throw new VitalsError(
        'overloaded',
        'there is no memory for another provider; try again later, or give the process more (node --max-old-space-size)',
      );
    }
  }
}
