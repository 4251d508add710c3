import type { Fault } from './fault.js';
import { INSTANCE_FAULTS } from './instances.faults.js';
import { SERVER_FAULTS } from './servers.faults.js';

const NAMES = ['kill-owner', 'rolling-restart', 'kafka-away'];

/** What is run with every change: the fault that users fear, the one that they cause, and the one that all share. */
export const SHORT_FAULTS: readonly Fault[] = [...INSTANCE_FAULTS, ...SERVER_FAULTS].filter(({ name }) =>
  NAMES.includes(name),
);
