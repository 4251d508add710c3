export type {
  Availability,
  CheckedState,
  DecidedAvailability,
  RecordedTransition,
  Suppression,
  Transition,
  TransitionState,
} from './transition.js';
