export { type Candidate, exclusionOf, isPlaceable } from './candidate.js';
export { type Capacity, freeOf, parseAmount, type Resource, RESOURCES } from './capacity.js';
export type { Choice, Found, Placeable, Standing } from './fleet-index/placeable.js';
export { Placement, type ReservationRequest } from './placement.js';
export { parseBytes, parseCores } from './quantity.js';
export { type Ranked, rank } from './ranking.js';
export { type Requirement, STRATEGIES, type Strategy } from './requirement.js';
export {
  type Reservation,
  type ReservationChange,
  reservationNotFound,
  type ReservationState,
} from './reservations/reservation.js';
