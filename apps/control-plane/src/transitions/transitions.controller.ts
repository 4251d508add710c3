import { Controller, Get, Query } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/lease';
import { formatTimestamp } from '@vitals/core/time';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IfGiven } from '../http/validation.js';
import { ControlPlaneStore } from '../persistence/control-plane.store.js';
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

/** The log of everything that was decided, gap-free. */
@Controller('transitions')
export class TransitionsController {
  constructor(private readonly store: ControlPlaneStore) {}

  @Get()
  @Allow('read')
  async list(
    @Query() { since, limit }: TransitionsQuery,
  ): Promise<{ transitions: TransitionBody[]; next_since: number }> {
    const transitions = await this.store.transitions(since, limit);
    return {
      transitions: transitions.map(transitionBody),
      next_since: transitions.at(-1)?.sequence ?? since,
    };
  }
}
