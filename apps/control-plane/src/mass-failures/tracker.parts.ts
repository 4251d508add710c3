import { Injectable } from '@nestjs/common';
import { RunningClock } from '@vitals/core/time';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { Settings } from '../settings/settings.js';
import { MassFailureDirectory } from './mass-failure.directory.js';

/** What every tracker works with. */
@Injectable()
export class TrackerParts {
  constructor(
    readonly settings: Settings,
    readonly directory: MassFailureDirectory,
    readonly journal: Journal,
    readonly passed: PassedTime,
    readonly clock: RunningClock,
    readonly owned: OwnedPartitions,
  ) {}
}
