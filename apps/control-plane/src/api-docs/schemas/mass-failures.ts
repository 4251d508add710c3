import type { MassFailureBody } from '../../mass-failures/mass-failures.controller.js';
import { component, listOf, orNull, ref, text, time, whole } from '../schema/schema.js';

/** `MassFailureBody`. */
export const MassFailure = component<MassFailureBody>(
  'MassFailure',
  'Most of a zone, of an environment, or of everything failed at the same time.',
  {
    id: text('Its number, by which it is read and acknowledged; never used twice.'),
    kind: text('Whether providers missed their deadlines, or services became critical.', {
      enum: ['provider', 'service'],
    }),
    scope: text('Of what most went: of all, of a zone of providers, or of the services with a tag.', {
      enum: ['all', 'zone', 'tag'],
    }),
    name: orNull(text('The zone or the tag; null for all.')),
    state: text('Whether it goes on, has ended (`ended_by` says why), or was ended by an operator.', {
      enum: ['ongoing', 'ended', 'acknowledged'],
    }),
    ended_by: orNull(
      text(
        'Why it ended: enough are back or gone for good, its time was over, or that of a zone or tag has ended whose settled members it was made of. Null while it goes on, and once it is acknowledged.',
        { enum: ['recovery', 'time', 'settled'] },
      ),
    ),
    gone: whole('So many are away now; of one that has ended, when it did. Who is settled is not counted.', {
      minimum: 0,
    }),
    of: whole('So many there are at that time, but for those that are settled.', { minimum: 0 }),
    began_at: time('When it began.'),
    ends_at: orNull(time('When it ends by itself if nobody more goes; null once it has ended.')),
    ended_at: orNull(time('When it ended; null while it goes on.')),
  },
  {},
);

/** The answer of `GET /mass-failures`. */
export const MassFailureList = component<{ mass_failures: MassFailureBody[] }>(
  'MassFailureList',
  'Mass failures, those that go on first.',
  { mass_failures: listOf(ref(MassFailure)) },
  {},
);
