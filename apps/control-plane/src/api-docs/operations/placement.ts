import { PlacementController } from '../../placement/placement.controller.js';
import { ReservationsController } from '../../placement/reservations/reservations.controller.js';
import { CandidateList, Reservation } from '../schemas/placement.js';
import { chapter, WRITING } from '../document/operation.js';

/** Calls about where work may go. */
export const PLACEMENT = [
  chapter('Placement', PlacementController, {
    candidates: {
      id: 'findCandidates',
      summary: 'Finds providers that can take work now',
      answers: { 200: 'Those that fit, the best first.' },
      body: CandidateList,
      refusals: [],
    },
  }),
  chapter('Placement', ReservationsController, {
    reserve: {
      id: 'reserveResources',
      summary: 'Holds resources at the best provider',
      description: 'Two callers never get the same last slot. What is not confirmed in time ends by itself.',
      answers: { 201: 'They are held.' },
      body: Reservation,
      refusals: ['no-candidate', ...WRITING],
    },
    read: {
      id: 'readReservation',
      summary: 'Reads a reservation',
      answers: { 200: 'The reservation.' },
      body: Reservation,
      refusals: ['reservation-not-found'],
    },
    confirm: {
      id: 'confirmReservation',
      summary: 'Keeps a reservation until it is released',
      answers: { 200: 'It is kept.' },
      body: Reservation,
      refusals: ['reservation-not-found', 'reservation-expired', ...WRITING],
    },
    release: {
      id: 'releaseReservation',
      summary: 'Ends a reservation',
      answers: { 204: 'It has ended.' },
      body: undefined,
      refusals: ['reservation-not-found', ...WRITING],
    },
  }),
];
