import { Controller, Get, Param, Query } from '@nestjs/common';
import { Clock, formatTimestamp, parseTimestamp } from '@vitals/core/time';
import type { JsonText } from '../../../http/answers/json-text.js';
import { PageText } from '../../../http/answers/page-text.js';
import { Allow } from '../../../security/access.guard.js';
import { CheckDirectory } from '../../check.directory.js';
import { CheckHistory } from '../../check.history.js';
import type { BucketWidth } from '../../check.rows.js';
import { WIDTH_MS } from '../../uptime.minute.js';
import { CheckTransitionsQuery, UptimeQuery } from '../check.query.js';
import {
  bucketBody,
  type CheckTransitionBody,
  type ResultBody,
  resultBody,
  summaryBody,
  transitionBody,
  type UptimeBody,
  type UptimeBucketBody,
} from './check.history.view.js';

/** How far back uptime is read where nothing is said, in milliseconds. */
const SPAN_MS: Readonly<Record<BucketWidth, number>> = {
  minute: WIDTH_MS.hour,
  hour: WIDTH_MS.day,
  day: 30 * WIDTH_MS.day,
};

/** Transitions of a check, newest first. */
export interface CheckTransitionsBody {
  readonly transitions: readonly CheckTransitionBody[];
  /** Give it as `before` for those before; left out where there may be no more. */
  readonly next_before?: number;
}

/** Uptime in buckets, oldest first, and of the whole span. */
export interface UptimeSpanBody {
  readonly resolution: BucketWidth;
  readonly from: string;
  readonly to: string;
  readonly summary: UptimeBody;
  readonly buckets: readonly UptimeBucketBody[];
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
  results(@Param('id') id: string): { readonly results: readonly ResultBody[] } {
    const { results } = this.directory.get(id);
    return { results: results.inOrder().toReversed().map(resultBody) };
  }

  /** Also of a check that is gone: why it went is what is asked then. */
  @Get('transitions')
  @Allow('read')
  transitions(
    @Param('id') id: string,
    @Query() { before, limit }: CheckTransitionsQuery,
  ): Promise<JsonText<CheckTransitionsBody>> {
    return PageText.form(async (page) => {
      const transitions = await this.history.transitionsOf(id, { before, limit });
      if (transitions.length === 0 && before === undefined) this.directory.get(id);
      const told = await page.addUntilFull(transitions, transitionBody);
      const isMore = told < transitions.length || transitions.length === limit;
      const next = isMore ? transitions[told - 1]?.sequence : undefined;
      return page.end<CheckTransitionsBody>('transitions', {
        ...(next !== undefined && { next_before: next }),
      });
    });
  }

  @Get('uptime')
  @Allow('read')
  async uptime(@Param('id') id: string, @Query() query: UptimeQuery): Promise<UptimeSpanBody> {
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
      summary: summaryBody(buckets),
      buckets: buckets.map(bucketBody),
    };
  }
}
