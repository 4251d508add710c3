import { Controller, Get, Param, Query } from '@nestjs/common';
import { BUCKET_WIDTHS, type BucketWidth, sumOf, WIDTH_MS } from '@vitals/core/check';
import { Clock, formatTimestamp, parseTimestamp, tryParseTimestamp } from '@vitals/core/time';
import { IsIn } from 'class-validator';
import type { JsonText } from '../../http/json-answer.js';
import { PageText } from '../../http/list-page.js';
import { OptionalMember, Rule, WholeText } from '../../http/members.js';
import { chapter } from '../../http/operation.js';
import { CheckHistory } from '../check.history.js';
import { Allow } from '../../security/access.guard.js';
import { CheckDirectory } from '../check.directory.js';
import {
  bucketBody,
  CheckTransitionsBody,
  resultBody,
  ResultsBody,
  transitionBody,
  uptimeBody,
  UptimeSpanBody,
} from './check-history.view.js';
import * as s from '../../http/schema.js';
import { orderFault } from './window.dto.js';

/** How far back uptime is read where nothing is said, in milliseconds. */
const SPAN_MS = { minute: WIDTH_MS.hour, hour: WIDTH_MS.day, day: 30 * WIDTH_MS.day };

/** Which transitions of a check to read. */
export class CheckTransitionsQuery {
  @OptionalMember('The next_before of an earlier answer.', WholeText(1, Number.MAX_SAFE_INTEGER))
  before?: number;

  @OptionalMember('The most transitions.', WholeText(1, 1_000))
  limit: number = 100;
}

/** Which part of the uptime of a check to read. */
export class UptimeQuery {
  @OptionalMember('The width of a bucket; kept for 6 hours, 14 days and 400 days.', IsIn(BUCKET_WIDTHS))
  resolution: BucketWidth = 'hour';

  @OptionalMember(
    s.time('Left out: an hour, a day or 30 days before to. The bucket that it lies in is the first.'),
    Rule(timeFault),
  )
  from?: string;

  @OptionalMember(
    s.time('Left out: now.'),
    Rule((value, { from }: UptimeQuery) => timeFault(value) ?? orderFault(value, from, 'from')),
  )
  to?: string;
}

/** How checks went. */
@Controller('checks/:id')
export class CheckHistoryController {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly history: CheckHistory,
    private readonly clock: Clock,
  ) {}

  @Get('results')
  @Allow('read')
  readCheckResults(@Param('id') id: string): ResultsBody {
    const { results } = this.directory.get(id);
    return { results: results.inOrder().toReversed().map(resultBody) };
  }

  /** Also of a check that is gone: why it went is what is asked then. */
  @Get('transitions')
  @Allow('read')
  readCheckTransitions(
    @Param('id') id: string,
    @Query() { before, limit }: CheckTransitionsQuery,
  ): Promise<JsonText<CheckTransitionsBody>> {
    return PageText.form(async (page) => {
      const transitions = await this.history.transitionsOf(id, limit, before);
      if (transitions.length === 0 && before === undefined) this.directory.get(id);
      const told = await page.addUntilFull(transitions, transitionBody);
      const isMore = told < transitions.length || transitions.length === limit;
      const next = isMore ? transitions[told - 1]?.sequence : undefined;
      return page.end<CheckTransitionsBody>('transitions', { next_before: next });
    });
  }

  @Get('uptime')
  @Allow('read')
  async readCheckUptime(@Param('id') id: string, @Query() query: UptimeQuery): Promise<UptimeSpanBody> {
    const { resolution, from, to } = query;
    const { key } = this.directory.get(id);
    const toMs = to === undefined ? this.clock.wallMs() : parseTimestamp(to);
    const sinceMs = from === undefined ? toMs - SPAN_MS[resolution] : parseTimestamp(from);
    const width = WIDTH_MS[resolution];
    const fromMs = Math.floor(sinceMs / width) * width;
    const buckets = await this.history.uptime(key, resolution, fromMs, toMs);
    return {
      resolution,
      from: formatTimestamp(fromMs),
      to: formatTimestamp(toMs),
      summary: uptimeBody(sumOf(buckets)),
      buckets: buckets.map(bucketBody),
    };
  }
}

function timeFault(value: unknown): string | undefined {
  if (typeof value === 'string' && tryParseTimestamp(value) !== undefined) return undefined;
  return 'must be an RFC 3339 timestamp such as 2026-01-31T10:00:00Z, a "+" in it percent-encoded';
}

chapter('Checks', CheckHistoryController, {
  readCheckResults: {
    summary: 'Reads what the last runs of a check found',
    answers: { 200: ['Newest first.', ResultsBody] },
    refusals: ['check-not-found'],
  },
  readCheckTransitions: {
    summary: 'Reads the transitions of a check, also of one that is gone',
    answers: { 200: ['Newest first.', CheckTransitionsBody] },
    refusals: ['check-not-found', 'store-unavailable'],
  },
  readCheckUptime: {
    summary: 'Reads how often a check was found up, by minute, hour or day',
    description: 'Days are those of UTC. The minute that goes on is not in it yet.',
    answers: { 200: ['Buckets, and all of them together.', UptimeSpanBody] },
    refusals: ['check-not-found', 'store-unavailable'],
  },
});
