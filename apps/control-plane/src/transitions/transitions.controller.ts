import { Controller, Get, Query } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp } from '@vitals/core/time';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageText } from '../http/page.js';
import { IfGiven } from '../http/validation.js';
import { above, Database } from '../database/database.js';
import { TRANSITIONS } from '../database/transition.record.js';
import { Allow } from '../security/access.guard.js';

/** Which part of the log to read. */
export class TransitionsQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  since: number = 0;

  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 100;
}

/** A transition on the wire. */
export type TransitionBody = Omit<RecordedTransition, 'atMs'> & { readonly at: string };

/** A transition as it is told. */
export function transitionBody({ atMs, ...transition }: RecordedTransition): TransitionBody {
  const { sequence, kind, subject, from, to, cause, suppressed } = transition;
  const told = { sequence, kind, subject, from, to, cause, at: formatTimestamp(atMs) };
  return suppressed === undefined ? told : { ...told, suppressed };
}

/** A part of the log; `next_since` is what to ask for as `since` the next time. */
export interface TransitionListBody {
  readonly transitions: readonly TransitionBody[];
  readonly next_since: number;
}

/** The log of everything that was decided, gap-free. */
@Controller('transitions')
export class TransitionsController {
  constructor(private readonly database: Database) {}

  @Get()
  @Allow('read')
  list(@Query() { since, limit }: TransitionsQuery): Promise<JsonText<TransitionListBody>> {
    return PageText.form(async (page) => {
      const transitions = await this.database.select(TRANSITIONS, {
        where: { sequence: above(since) },
        orderBy: ['sequence'],
        limit,
      });
      const told = await page.addUntilFull(transitions, transitionBody);
      return page.end<TransitionListBody>('transitions', {
        next_since: transitions[told - 1]?.sequence ?? since,
      });
    });
  }
}
