import { MassFailuresController } from '../../mass-failures/mass-failures.controller.js';
import { chapter, WRITING } from '../document/operation.js';
import { MassFailure, MassFailureList } from '../schemas/mass-failures.js';

/** Calls about failures of zones, of environments, and of everything. */
export const MASS_FAILURES = [
  chapter('Mass failures', MassFailuresController, {
    list: {
      id: 'listMassFailures',
      summary: 'Lists the mass failures that go on, and the last that did',
      answers: { 200: 'Those that go on first, then those that have ended; the newest of each first.' },
      body: MassFailureList,
      refusals: [],
    },
    read: {
      id: 'readMassFailure',
      summary: 'Reads a mass failure',
      answers: { 200: 'The mass failure.' },
      body: MassFailure,
      refusals: ['mass-failure-not-found'],
    },
    acknowledge: {
      id: 'acknowledgeMassFailure',
      summary: 'Ends a mass failure, and treats its members as failed for good',
      description:
        'Actions that waited for its end are carried out, one after the other. With the one of everything those of all zones and tags end; the one of everything ends with that of a zone or tag (`settled`) if too few are away besides. May be repeated; one that has ended stays as it is.',
      answers: { 200: 'It has ended, durably.' },
      body: MassFailure,
      refusals: ['mass-failure-not-found', ...WRITING],
    },
  }),
];
