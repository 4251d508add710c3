import { Controller, Get, Module, Query } from '@nestjs/common';
import { CHECK_STATUSES } from '@vitals/core/check';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp } from '@vitals/core/time';
import type { JsonText } from '../http/json-answer.js';
import { PageText } from '../http/list-page.js';
import { OptionalMember, WholeText } from '../http/members.js';
import { above, Database } from '../database/database.js';
import { TRANSITIONS } from '../database/transition.record.js';
import { chapter } from '../http/operation.js';
import { Allow } from '../security/access.guard.js';
import { Retention } from './retention.js';
import { TransitionLog } from './transition.log.js';
import * as s from '../http/schema.js';

const OF_ALL = ['Unknown', 'Available', 'Unavailable', ...CHECK_STATUSES, 'Removed'] as const;
const STATES = s.enumeration('TransitionState', OF_ALL);

/** Which part of the log to read. */
export class TransitionsQuery {
  @OptionalMember('The sequence number after which to begin.', WholeText(0, Number.MAX_SAFE_INTEGER))
  since: number = 0;

  @OptionalMember('The most transitions; fewer when they reach 1 MiB.', WholeText(1, 1_000))
  limit: number = 100;
}

const TransitionBody = s.object(
  'Transition',
  'Something that was decided once.',
  {
    sequence: s.whole('Counts from 1, without gaps.', 1),
    kind: s.oneOf(
      s.enumeration('TransitionKind', ['provider', 'service', 'component', 'check']),
      'What changed.',
    ),
    subject: s.text('The name of the provider, or the id of the check.'),
    from: s.oneOf(STATES, 'What it was.'),
    to: s.oneOf(STATES, 'What it is.'),
    cause: s.text('Why, in words.'),
    at: s.time('When it was decided.'),
  },
  {
    suppressed: s.oneOf(
      s.enumeration('Suppression', ['maintenance', 'parent']),
      'Why nobody is notified of it; absent if everybody is.',
    ),
  },
);

const TransitionListBody = s.object('TransitionList', 'A part of the log, oldest first.', {
  transitions: s.listOf(s.ref(TransitionBody)),
  next_since: s.whole('Give it as since for what comes after.', 0),
});
type TransitionListBody = s.Of<typeof TransitionListBody>;

function transitionBody({ atMs, ...transition }: RecordedTransition): s.Of<typeof TransitionBody> {
  const { sequence, kind, subject, from, to, cause, suppressed } = transition;
  return { sequence, kind, subject, from, to, cause, at: formatTimestamp(atMs), suppressed };
}

/** The log of everything that was decided, gap-free. */
@Controller('transitions')
export class TransitionsController {
  constructor(private readonly database: Database) {}

  @Get()
  @Allow('read')
  listTransitions(@Query() { since, limit }: TransitionsQuery): Promise<JsonText<TransitionListBody>> {
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

chapter('Transitions', TransitionsController, {
  listTransitions: {
    summary: 'Reads the log of everything that was decided',
    answers: { 200: ['What follows a sequence number, oldest first, without gaps.', TransitionListBody] },
    refusals: ['store-unavailable'],
  },
});

/** What was decided, and who is told. */
@Module({ controllers: [TransitionsController], providers: [Retention, TransitionLog] })
export class TransitionsModule {}
