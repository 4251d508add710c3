export type {
  Availability,
  DecidedAvailability,
  RecordedTransition,
  Suppression,
  Transition,
  TransitionState,
} from './transition.js';
