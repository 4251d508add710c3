import type { CandidatesBody } from '../../placement/placement.controller.js';
import type { CandidateBody } from '../../placement/placement.view.js';
import type { ReservationBody } from '../../placement/reservations/reservations.controller.js';
import { KnownAmounts } from '../schema/amounts.js';
import { component, listOf, orNull, ref, text, time, whole } from '../schema/schema.js';
import { AVAILABILITY, EXCLUDED, NAME } from '../schema/values.js';

const ENDPOINT = text('Where it is reached.', { format: 'uri' });
const ZONE = orNull(text('As it was registered.'));

/** `CandidateBody`. */
export const Candidate = component<CandidateBody>(
  'Candidate',
  'A provider that can take the work.',
  {
    name: NAME,
    endpoint: ENDPOINT,
    zone: ZONE,
    free: ref(KnownAmounts),
    score: { type: 'number', minimum: 0, maximum: 1, description: 'By the strategy; the best comes first.' },
    availability: AVAILABILITY,
  },
  {},
);

/** `CandidatesBody`. */
export const CandidateList = component<CandidatesBody>(
  'CandidateList',
  'Where work may go now, the best first.',
  {
    candidates: listOf(ref(Candidate)),
    considered: whole('Providers that there are.', { minimum: 0 }),
  },
  { excluded: EXCLUDED },
);

/** The provider of a reservation. */
export const ReservedProvider = component<ReservationBody['provider']>(
  'ReservedProvider',
  'The provider whose resources are held.',
  { name: NAME, endpoint: ENDPOINT, zone: ZONE },
  {},
);

/** `ReservationBody`. */
export const Reservation = component<ReservationBody>(
  'Reservation',
  'Resources of one provider that are held for one caller.',
  {
    id: text('By which it is confirmed and released.'),
    state: text('What became of it.', { enum: ['held', 'confirmed', 'released', 'expired'] }),
    provider: ref(ReservedProvider),
    resources: ref(KnownAmounts),
    expires_at: orNull(time('When it ends by itself; null once it is confirmed.')),
  },
  {},
);
