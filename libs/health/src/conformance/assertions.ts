import assert from 'node:assert/strict';
import { assertion, type ConformanceAssertion, type Outcome } from './assertion.js';
import {
  DELAYED,
  Delegate,
  Delegating,
  failing,
  passing,
  Produced,
  PRODUCED,
  PRODUCED_FAILED,
  Undecorated,
  WithAttributes,
} from './procedures.js';
import { CheckReply, parseJson } from './reply.js';
import { breachesOfSchema } from './schema.js';

const HEALTH = '/health';
const LIVE = '/health/live';
const READY = '/health/ready';
const STARTED = '/health/started';

const SUCCESS: Outcome = ['successful-check', 'UP'];
const FAILURE: Outcome = ['failed-check', 'DOWN'];

const liveAndReady = () => [passing('liveness'), passing('readiness')];
const failedLive = () => [failing('liveness'), ...liveAndReady()];
const failedReady = () => [failing('readiness'), ...liveAndReady()];
const failedStartup = () => [failing('startup'), ...liveAndReady()];

/**
 * The 28 assertions of the TCK of MicroProfile Health 4.0, by number. Its deployments are here providers of a
 * Nest app, its requests and what it asserts of the answers are the same.
 */
export const MICROPROFILE_ASSERTIONS: readonly ConformanceAssertion[] = [
  assertion(1, 'live runs the liveness check of a class with three checks', {
    providers: () => [Produced],
    path: LIVE,
    http: 200,
    checks: [[PRODUCED, 'UP']],
  }),
  assertion(2, 'ready runs the readiness check of a class with three checks', {
    providers: () => [Produced],
    path: READY,
    http: 503,
    checks: [[PRODUCED_FAILED, 'DOWN']],
  }),
  assertion(3, 'started runs the startup check of a class with three checks', {
    providers: () => [Produced],
    path: STARTED,
    http: 200,
    checks: [[PRODUCED, 'UP']],
  }),
  assertion(4, 'without checks, ready is UP when the empty readiness answer is set to UP', {
    options: { emptyResponse: { readiness: 'UP' } },
    path: READY,
    http: 200,
    checks: [],
  }),
  assertion(5, 'a readiness check whose provider takes 3 s to construct is in the answer', {
    providers: () => [DELAYED],
    path: READY,
    http: 503,
    checks: [['delayed-check', 'DOWN']],
  }),
  assertion(6, 'a check may call an injected delegate', {
    providers: () => [Delegating, Delegate],
    path: HEALTH,
    http: 200,
    checks: [['delegate-check', 'UP']],
  }),
  assertion(7, 'a method without a decorator is not a check', {
    providers: () => [Undecorated],
    path: HEALTH,
    http: 200,
    checks: [],
  }),
  assertion(8, 'the attributes of a check are its data', {
    providers: () => [WithAttributes],
    path: HEALTH,
    http: 200,
    checks: [['attributes-check', 'UP']],
    besides: ({ checks }) =>
      assert.deepEqual(Object.fromEntries(checks[0]?.data ?? []), {
        'first-key': 'first-val',
        'second-key': 'second-val',
      }),
  }),
  assertion(9, 'a check deserialises into the class of a strict client', {
    providers: () => [passing('liveness')],
    path: HEALTH,
    http: 200,
    checks: [SUCCESS],
    besides: (_reply, body) => {
      const { checks } = parseJson(body) as { checks: unknown[] };
      const { name, status } = CheckReply.strictly(checks[0]);
      assert.deepEqual([name, status], SUCCESS);
    },
  }),
  assertion(10, 'an answer validates against the JSON schema', {
    providers: liveAndReady,
    path: HEALTH,
    http: 200,
    checks: [SUCCESS, SUCCESS],
    besides: (_reply, body) => assert.deepEqual(breachesOfSchema(parseJson(body)), [], body),
  }),
  assertion(11, 'a failed liveness check fails live', {
    providers: failedLive,
    path: LIVE,
    http: 503,
    checks: [FAILURE, SUCCESS],
  }),
  assertion(12, 'a failed liveness check does not fail ready', {
    providers: failedLive,
    path: READY,
    http: 200,
    checks: [SUCCESS],
  }),
  assertion(13, 'health lists two checks of the same name', {
    providers: failedReady,
    path: HEALTH,
    http: 503,
    checks: [FAILURE, SUCCESS, SUCCESS],
  }),
  assertion(14, 'a failed readiness check fails ready', {
    providers: failedReady,
    path: READY,
    http: 503,
    checks: [FAILURE, SUCCESS],
  }),
  assertion(15, 'a failed readiness check does not fail live', {
    providers: failedReady,
    path: LIVE,
    http: 200,
    checks: [SUCCESS],
  }),
  assertion(16, 'a failed startup check fails started', {
    providers: failedStartup,
    path: STARTED,
    http: 503,
    checks: [FAILURE],
  }),
  assertion(17, 'a failed startup check does not fail live', {
    providers: failedStartup,
    path: LIVE,
    http: 200,
    checks: [SUCCESS],
  }),
  assertion(18, 'a failed startup check does not fail ready', {
    providers: failedStartup,
    path: READY,
    http: 200,
    checks: [SUCCESS],
  }),
  assertion(19, 'a failed startup check fails health', {
    providers: failedStartup,
    path: HEALTH,
    http: 503,
    checks: [FAILURE, SUCCESS, SUCCESS],
  }),
  assertion(20, 'without checks, health is UP', { path: HEALTH, http: 200, checks: [] }),
  assertion(21, 'live does not run the readiness check', {
    providers: liveAndReady,
    path: LIVE,
    http: 200,
    checks: [SUCCESS],
  }),
  assertion(22, 'ready does not run the liveness check', {
    providers: liveAndReady,
    path: READY,
    http: 200,
    checks: [SUCCESS],
  }),
  ...(['liveness', 'readiness', 'startup'] as const).flatMap((kind, index) => {
    const path = { liveness: LIVE, readiness: READY, startup: STARTED }[kind];
    const number = 23 + 2 * index;
    return [
      assertion(number, `a single failed ${kind} check fails its endpoint`, {
        providers: () => [failing(kind)],
        path,
        http: 503,
        checks: [FAILURE],
      }),
      assertion(number + 1, `a single successful ${kind} check succeeds at its endpoint`, {
        providers: () => [passing(kind)],
        path,
        http: 200,
        checks: [SUCCESS],
      }),
    ];
  }),
];
