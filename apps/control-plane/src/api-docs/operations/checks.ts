import type { ErrorCode } from '@vitals/core/errors';
import { ChecksController } from '../../checks/api/checks.controller.js';
import { CheckHistoryController } from '../../checks/api/history/check-history.controller.js';
import { LightChecksController } from '../../checks/light/light-checks.controller.js';
import {
  CheckList,
  CheckResults,
  CheckRun,
  CheckState,
  CheckTransitions,
  Uptime,
} from '../schemas/checks.js';
import { LightStatus, ServiceCheck, ServiceChecks } from '../schemas/services.js';
import { chapter, WRITING } from '../document/operation.js';

const OF_A_CHECK: readonly ErrorCode[] = ['check-not-found'];
const DEFINING: readonly ErrorCode[] = ['check-invalid', 'check-conflict', ...WRITING];
const DEFINED =
  'Durations are texts such as "10s". A member that is not known is refused, but for those that only answers have: an answer can be sent back as it is.';

/** Calls about checks. */
export const CHECKS = [
  chapter('Checks', ChecksController, {
    create: {
      id: 'createCheck',
      summary: 'Defines a check',
      description: DEFINED,
      answers: { 201: 'It is defined, and runs within its interval.' },
      body: CheckState,
      refusals: DEFINING,
    },
    apply: {
      id: 'applyCheck',
      summary: 'Defines or redefines the check of the id in the path',
      description: `${DEFINED} What is left out has its default, but a check that is paused stays so. One whose target changes starts again from Pending.`,
      answers: { 200: 'It is redefined.', 201: 'It is new.' },
      body: CheckState,
      refusals: DEFINING,
    },
    list: {
      id: 'listChecks',
      summary: 'Lists checks by id, in pages, those of services and of the file of declarations too',
      answers: { 200: 'A page.' },
      body: CheckList,
      refusals: [],
    },
    read: {
      id: 'readCheck',
      summary: 'Reads a check',
      answers: { 200: 'The check.' },
      body: CheckState,
      refusals: OF_A_CHECK,
    },
    remove: {
      id: 'removeCheck',
      summary: 'Removes a check that was defined here',
      answers: { 204: 'It is removed; its transitions can still be read.' },
      body: undefined,
      refusals: [...OF_A_CHECK, 'check-conflict', ...WRITING],
    },
    pause: {
      id: 'pauseCheck',
      summary: 'Stops running a check',
      description: 'Its state stays as it was, and is reported as stale.',
      answers: { 204: 'It is paused.' },
      body: undefined,
      refusals: [...OF_A_CHECK, ...WRITING],
    },
    resume: {
      id: 'resumeCheck',
      summary: 'Resumes a check that is paused',
      answers: { 204: 'It runs again.' },
      body: undefined,
      refusals: [...OF_A_CHECK, ...WRITING],
    },
    run: {
      id: 'runCheck',
      summary: 'Runs a check now, and waits for what it finds',
      description:
        'Joins a run in progress. The result counts as any other, also while the check is paused. A ttl cannot be run.',
      answers: { 200: 'What it found.' },
      body: CheckRun,
      refusals: [...OF_A_CHECK, 'check-conflict'],
    },
    report: {
      id: 'reportCheck',
      summary: 'Reports a result, for a check of the type ttl',
      description:
        'No report for longer than its interval is a failure. A service reports with PUT /services/check.',
      answers: { 204: 'It was accepted.' },
      body: undefined,
      refusals: [...OF_A_CHECK, 'check-conflict'],
    },
  }),
  chapter('Checks', CheckHistoryController, {
    results: {
      id: 'readCheckResults',
      summary: 'Reads what the last runs of a check found',
      answers: { 200: 'Newest first.' },
      body: CheckResults,
      refusals: OF_A_CHECK,
    },
    transitions: {
      id: 'readCheckTransitions',
      summary: 'Reads the transitions of a check, also of one that is gone',
      answers: { 200: 'Newest first.' },
      body: CheckTransitions,
      refusals: [...OF_A_CHECK, 'store-unavailable'],
    },
    uptime: {
      id: 'readCheckUptime',
      summary: 'Reads how often a check was found up, by minute, hour or day',
      description: 'Days are those of UTC. The minute that goes on is not in it yet.',
      answers: { 200: 'Buckets, and all of them together.' },
      body: Uptime,
      refusals: [...OF_A_CHECK, 'store-unavailable'],
    },
  }),
];

/** Calls of light-controller's registry about the checks of services. */
export const SERVICE_CHECKS = [
  chapter('Services', LightChecksController, {
    tell: {
      id: 'passServiceCheck',
      summary: 'Reports the heartbeat of a service',
      description:
        'A pass clears a failure, `false` is a failure immediately, and so is no heartbeat for longer than the interval. It counts for a TTL only: a service with a `healthPath` is probed, and cannot pass itself; its heartbeats are accepted and have no effect. A pass of a node that was removed because it failed, less than a day ago, restores it as it was: Passing, or if it is probed, Pending until its first probe. After 404 a service has to register again.',
      answers: { 200: 'It was accepted.' },
      body: LightStatus,
      refusals: ['service-not-found', ...WRITING],
    },
    list: {
      id: 'listServiceChecks',
      summary: 'Reads the checks of all services, by id',
      description:
        'A check is stale if its result or report is overdue: a TTL after its interval; any other check when no run has ended within the sum of its current interval, its defined interval, and its timeout. A paused check is stale, too.',
      answers: { 200: 'All of them, or the stale ones.' },
      body: ServiceChecks,
      refusals: [],
    },
    read: {
      id: 'readServiceCheck',
      summary: 'Reads the check of a service',
      description: 'The id is percent-encoded, and may leave out the protocol.',
      answers: { 200: 'The check.' },
      body: ServiceCheck,
      refusals: ['service-not-found', 'request-invalid'],
    },
  }),
];
