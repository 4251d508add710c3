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
import { parseJson, readStrictly } from './reply.js';
import { breachesOfSchema } from './microprofile-schema.js';

const HEALTH = '/health';
const LIVE = '/health/live';
const READY = '/health/ready';
const STARTED = '/health/started';

const PRODUCED_UP: Outcome = [PRODUCED, 'UP'];
const PRODUCED_DOWN: Outcome = [PRODUCED_FAILED, 'DOWN'];
const SUCCESS: Outcome = ['successful-check', 'UP'];
const FAILURE: Outcome = ['failed-check', 'DOWN'];
const ATTRIBUTES: Outcome = ['attributes-check', 'UP'];

const nothing = () => [];
const produced = () => [Produced];
const live = () => [passing('liveness')];
const liveAndReady = () => [passing('liveness'), passing('readiness')];
const failedLive = () => [failing('liveness'), ...liveAndReady()];
const failedReady = () => [failing('readiness'), ...liveAndReady()];
const failedStartup = () => [failing('startup'), ...liveAndReady()];

/**
 * The 28 assertions of the TCK of MicroProfile Health 4.0, by number. Its deployments are here providers of a
 * Nest app, its requests and what it asserts of the answers are the same.
 */
export const MICROPROFILE_ASSERTIONS: readonly ConformanceAssertion[] = [
  assertion(1, 'live runs the liveness check of a class with three checks', produced, LIVE, [PRODUCED_UP]),
  assertion(2, 'ready runs the readiness check of a class with three checks', produced, READY, [
    PRODUCED_DOWN,
  ]),
  assertion(3, 'started runs the startup check of a class with three checks', produced, STARTED, [
    PRODUCED_UP,
  ]),
  assertion(
    4,
    'without checks, ready is UP when the empty readiness answer is set to UP',
    nothing,
    READY,
    [],
    {
      options: { emptyResponse: { readiness: 'UP' } },
    },
  ),
  assertion(
    5,
    'a readiness check whose provider takes 3 s to construct is in the answer',
    () => [DELAYED],
    READY,
    [['delayed-check', 'DOWN']],
  ),
  assertion(6, 'a check may call an injected delegate', () => [Delegating, Delegate], HEALTH, [
    ['delegate-check', 'UP'],
  ]),
  assertion(7, 'a method without a decorator is not a check', () => [Undecorated], HEALTH, []),
  assertion(8, 'the attributes of a check are its data', () => [WithAttributes], HEALTH, [ATTRIBUTES], {
    besides: ({ checks: [check] }) =>
      assert.deepEqual(Object.fromEntries(check?.data ?? []), {
        'first-key': 'first-val',
        'second-key': 'second-val',
      }),
  }),
  assertion(9, 'a check deserialises into the class of a strict client', live, HEALTH, [SUCCESS], {
    besides: (_reply, body) => {
      const { checks } = parseJson(body) as { checks: unknown[] };
      const { name, status } = readStrictly(checks[0]);
      assert.deepEqual([name, status], SUCCESS);
    },
  }),
  assertion(10, 'an answer validates against the JSON schema', liveAndReady, HEALTH, [SUCCESS, SUCCESS], {
    besides: (_reply, body) => assert.deepEqual(breachesOfSchema(parseJson(body)), [], body),
  }),
  assertion(11, 'a failed liveness check fails live', failedLive, LIVE, [FAILURE, SUCCESS]),
  assertion(12, 'a failed liveness check does not fail ready', failedLive, READY, [SUCCESS]),
  assertion(13, 'health lists two checks of the same name', failedReady, HEALTH, [FAILURE, SUCCESS, SUCCESS]),
  assertion(14, 'a failed readiness check fails ready', failedReady, READY, [FAILURE, SUCCESS]),
  assertion(15, 'a failed readiness check does not fail live', failedReady, LIVE, [SUCCESS]),
  assertion(16, 'a failed startup check fails started', failedStartup, STARTED, [FAILURE]),
  assertion(17, 'a failed startup check does not fail live', failedStartup, LIVE, [SUCCESS]),
  assertion(18, 'a failed startup check does not fail ready', failedStartup, READY, [SUCCESS]),
  assertion(19, 'a failed startup check fails health', failedStartup, HEALTH, [FAILURE, SUCCESS, SUCCESS]),
  assertion(20, 'without checks, health is UP', nothing, HEALTH, []),
  assertion(21, 'live does not run the readiness check', liveAndReady, LIVE, [SUCCESS]),
  assertion(22, 'ready does not run the liveness check', liveAndReady, READY, [SUCCESS]),
  ...(['liveness', 'readiness', 'startup'] as const).flatMap((kind, index) => {
    const path = { liveness: LIVE, readiness: READY, startup: STARTED }[kind];
    const number = 23 + 2 * index;
    const [fails, succeeds] = [
      `a single failed ${kind} check fails`,
      `a single successful ${kind} check succeeds at`,
    ];
    return [
      assertion(number, `${fails} its endpoint`, () => [failing(kind)], path, [FAILURE]),
      assertion(number + 1, `${succeeds} its endpoint`, () => [passing(kind)], path, [SUCCESS]),
    ];
  }),
];
