import { Controller, Get, Param, Put, Query } from '@nestjs/common';
import { Clock, formatTimestamp } from '@vitals/core/time';
import { IfGiven, WholeText } from '../http/members.js';
import { PassedTime } from '../database/passed-time.js';
import { chapter, WRITING } from '../http/operation.js';
import type { StoredMassFailure } from './mass-failure.rows.js';
import { Allow } from '../security/access.guard.js';
import { Settings } from '../settings/settings.js';
import { MassFailureDirectory } from './mass-failure.directory.js';
import * as s from '../http/schema.js';

/** Which mass failures to read. */
export class MassFailuresQuery {
  @IfGiven()
  @WholeText(1, 1_000)
  limit: number = 100;
}

const MassFailureBody = s.object(
  'MassFailure',
  'Most of a zone, of an environment, or of everything failed at the same time.',
  {
    id: s.text('Its number, by which it is read and acknowledged; never used twice.'),
    kind: s.oneOf(
      s.enumeration('MassFailureKind', ['provider', 'service']),
      'Whether providers missed their deadlines, or services became critical.',
    ),
    scope: s.oneOf(
      s.enumeration('MassFailureScope', ['all', 'zone', 'tag']),
      'Of what most went: of all, of a zone of providers, or of the services with a tag.',
    ),
    name: s.orNull(s.text('The zone or the tag; null for all.')),
    state: s.oneOf(
      s.enumeration('MassFailureState', ['ongoing', 'ended', 'acknowledged']),
      'Whether it goes on, has ended (`ended_by` says why), or was ended by an operator.',
    ),
    ended_by: s.orNull(
      s.oneOf(
        s.enumeration('MassFailureEnd', ['recovery', 'time', 'settled']),
        'Why it ended: enough are back or gone for good, its time was over, or that of a zone or tag has ended whose settled members it was made of. Null while it goes on, and once it is acknowledged.',
      ),
    ),
    gone: s.whole(
      'So many are away now; of one that has ended, when it did. Who is settled is not counted.',
      0,
    ),
    of: s.whole('So many there are at that time, but for those that are settled.', 0),
    began_at: s.time('When it began.'),
    ends_at: s.orNull(s.time('When it ends by itself if nobody more goes; null once it has ended.')),
    ended_at: s.orNull(s.time('When it ended; null while it goes on.')),
  },
);
type MassFailureBody = s.Of<typeof MassFailureBody>;

const MassFailureListBody = s.object('MassFailureList', 'Mass failures, those that go on first.', {
  mass_failures: s.listOf(s.ref(MassFailureBody)),
});
type MassFailureListBody = s.Of<typeof MassFailureListBody>;

/** What an operator sees of mass failures, and how one is acknowledged. */
@Controller('mass-failures')
export class MassFailuresController {
  constructor(
    private readonly directory: MassFailureDirectory,
    private readonly passed: PassedTime,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Allow('read')
  listMassFailures(@Query() { limit }: MassFailuresQuery): MassFailureListBody {
    const all = this.directory.all();
    // what goes on is never cut off by what has ended
    const inOrder = [...all.filter(({ endedBy }) => !endedBy), ...all.filter(({ endedBy }) => endedBy)];
    return { mass_failures: inOrder.slice(0, limit).map((failure) => this.bodyOf(failure)) };
  }

  @Get(':id')
  @Allow('read')
  readMassFailure(@Param('id') id: string): MassFailureBody {
    return this.bodyOf(this.directory.get(keyOf(id)));
  }

  @Put(':id/acknowledgement')
  async acknowledgeMassFailure(@Param('id') id: string): Promise<MassFailureBody> {
    return this.bodyOf(await this.directory.acknowledge(keyOf(id)));
  }

  private bodyOf(failure: StoredMassFailure): MassFailureBody {
    const { key, kind, zone, gone, of, beganAtMs, endedAtMs, endedBy } = failure;
    const leftMs = failure.quietSinceMs + this.settings.massFailureHoldMs - this.passed.nowMs();
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

chapter('Mass failures', MassFailuresController, {
  listMassFailures: {
    summary: 'Lists the mass failures that go on, and the last that did',
    answers: {
      200: [
        'Those that go on first, then those that have ended; the newest of each first.',
        MassFailureListBody,
      ],
    },
  },
  readMassFailure: {
    summary: 'Reads a mass failure',
    answers: { 200: ['The mass failure.', MassFailureBody] },
    refusals: ['mass-failure-not-found'],
  },
  acknowledgeMassFailure: {
    summary: 'Ends a mass failure, and treats its members as failed for good',
    description:
      'Actions that waited for its end are carried out, one after the other. With the one of everything those of all zones and tags end; the one of everything ends with that of a zone or tag (`settled`) if too few are away besides. May be repeated; one that has ended stays as it is.',
    answers: { 200: ['It has ended, durably.', MassFailureBody] },
    refusals: ['mass-failure-not-found', ...WRITING],
  },
});
