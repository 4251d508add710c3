import { Controller, Get, Param, Put, Query } from '@nestjs/common';
import { Clock, formatTimestamp } from '@vitals/core/time';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IfGiven } from '../http/validation.js';
import { PassedTime } from '../database/passed-time.js';
import { Allow } from '../security/access.guard.js';
import { Settings } from '../settings/settings.js';
import { MassFailureLog } from './mass-failure.log.js';
import type { GuardedKind, StoredMassFailure } from './mass-failure.rows.js';

/** Which mass failures to read. */
export class MassFailuresQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 100;
}

/** A mass failure. Field names are those of the wire. */
export interface MassFailureBody {
  readonly id: string;
  /** Whether providers fell silent, or services turned critical. */
  readonly kind: GuardedKind;
  readonly scope: 'all' | 'zone' | 'tag';
  /** The zone or the tag; `null` for all. */
  readonly name: string | null;
  readonly state: 'ongoing' | 'ended' | 'acknowledged';
  /** Why it ended without being acknowledged; `null` while it goes on, and for one that was acknowledged. */
  readonly ended_by: 'recovery' | 'time' | 'settled' | null;
  /** Members that are away, of those that there are; of one that has ended, when it did. */
  readonly gone: number;
  readonly of: number;
  readonly began_at: string;
  /** When it ends by itself if nobody more goes; `null` once it has ended. */
  readonly ends_at: string | null;
  readonly ended_at: string | null;
}

/** What an operator sees of mass failures, and how one is acknowledged. */
@Controller('mass-failures')
export class MassFailuresController {
  constructor(
    private readonly log: MassFailureLog,
    private readonly passed: PassedTime,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Allow('read')
  list(@Query() { limit }: MassFailuresQuery): { mass_failures: MassFailureBody[] } {
    const all = this.log.all();
    // what goes on is never cut off by what has ended
    const inOrder = [...all.filter(({ endedBy }) => !endedBy), ...all.filter(({ endedBy }) => endedBy)];
    return { mass_failures: inOrder.slice(0, limit).map((failure) => this.bodyOf(failure)) };
  }

  @Get(':id')
  @Allow('read')
  read(@Param('id') id: string): MassFailureBody {
    return this.bodyOf(this.log.get(keyOf(id)));
  }

  @Put(':id/acknowledgement')
  async acknowledge(@Param('id') id: string): Promise<MassFailureBody> {
    return this.bodyOf(await this.log.acknowledge(keyOf(id)));
  }

  private bodyOf({
    key,
    kind,
    zone,
    gone,
    of,
    beganAtMs,
    endedAtMs,
    endedBy,
    quietSinceMs,
  }: StoredMassFailure): MassFailureBody {
    const leftMs = quietSinceMs + this.settings.massFailureHoldMs - this.passed.nowMs();
    const ending = endedBy === 'acknowledgement' ? 'acknowledged' : 'ended';
    return {
      id: String(key),
      kind,
      scope: zone === undefined ? 'all' : kind === 'provider' ? 'zone' : 'tag',
      name: zone ?? null,
      state: endedBy ? ending : 'ongoing',
      ended_by: endedBy === undefined || endedBy === 'acknowledgement' ? null : endedBy,
      gone,
      of,
      began_at: formatTimestamp(beganAtMs),
      ends_at: endedBy ? null : formatTimestamp(Math.round(this.clock.wallMs() + Math.max(0, leftMs))),
      ended_at: endedAtMs === undefined ? null : formatTimestamp(endedAtMs),
    };
  }
}

/** What is no number is the number of none. */
function keyOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}
