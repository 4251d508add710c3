import type { Provider } from '@nestjs/common';
import { type HealthAppOptions, serve } from '../../libs/health/test/health-app.js';
import { type CheckReply, HealthReply, matchesSchema } from './microprofile-client.js';
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
  WithEveryType,
} from './microprofile-procedures.js';

const LIVE = '/health/live';
const READY = '/health/ready';
const STARTED = '/health/started';

type Outcome = readonly [name: string, status: 'UP' | 'DOWN'];

const SUCCESS: Outcome = ['successful-check', 'UP'];
const FAILURE: Outcome = ['failed-check', 'DOWN'];

/** Deploys an app on Fastify, asks it, and asserts what every case asserts. */
async function deployed(options: HealthAppOptions, path: string, code: number, outcomes: readonly Outcome[]) {
  const { ask } = await serve(options);
  const answer = await ask(path);
  const reply = HealthReply.parse(answer.body);
  expect(answer.status).toBe(code);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(reply.checks.map(({ name, status }: CheckReply) => [name, status])).toEqual(outcomes);
  expect(reply.status).toBe(code === 200 ? 'UP' : 'DOWN');
  expect([matchesSchema(answer.json), matchesSchema.errors]).toEqual([true, null]);
  return { answer, reply };
}

/** One assertion of the TCK, as a test of its own. */
function tck(
  title: string,
  providers: Provider[],
  path: string,
  code: number,
  outcomes: readonly Outcome[],
): void {
  it(title, async () => {
    await deployed({ providers }, path, code, outcomes);
  });
}

describe('MicroProfile Health TCK, checks made by the methods of one class', () => {
  tck('#1 its liveness check is asked at live', [Produced], LIVE, 200, [[PRODUCED, 'UP']]);
  tck('#2 its readiness check is asked at ready', [Produced], READY, 503, [[PRODUCED_FAILED, 'DOWN']]);
  tck('#3 its startup check is asked at started', [Produced], STARTED, 200, [[PRODUCED, 'UP']]);
});

describe('MicroProfile Health TCK, single deployments', () => {
  it('#4 without checks, ready is UP when the empty readiness answer is set to UP', async () => {
    await deployed({ health: { emptyResponse: { readiness: 'UP' } } }, READY, 200, []);
  });

  tck('#5 a readiness check that takes 3 s to construct is in the answer', [DELAYED], READY, 503, [
    ['delayed-check', 'DOWN'],
  ]);
  tck('#6 a check may call an injected delegate', [Delegating, Delegate], '/health', 200, [
    ['delegate-check', 'UP'],
  ]);
  tck('#7 a method without a decorator is no check', [Undecorated], '/health', 200, []);

  it('#8 the attributes of a check are its data', async () => {
    const { reply } = await deployed({ providers: [WithAttributes] }, '/health', 200, [
      ['attributes-check', 'UP'],
    ]);
    expect([...reply.checks[0]!.data]).toEqual([
      ['first-key', 'first-val'],
      ['second-key', 'second-val'],
    ]);
  });

  it('#9 an answer deserialises into the class of a client', async () => {
    const { reply } = await deployed({ providers: [passing('liveness')] }, '/health', 200, [SUCCESS]);
    expect(reply).toBeInstanceOf(HealthReply);
    expect(reply).toMatchObject({ status: 'UP', checks: [{ name: 'successful-check', status: 'UP' }] });
  });

  it('#10 an answer validates against the JSON schema', async () => {
    const providers = [passing('liveness'), passing('readiness'), WithEveryType];
    const { answer } = await deployed({ providers }, '/health', 200, [SUCCESS, SUCCESS, ['typed', 'UP']]);
    expect([matchesSchema(answer.json), matchesSchema.errors]).toEqual([true, null]);
    expect(matchesSchema({ ...answer.json, further: 1 })).toBe(false);
  });

  tck('#20 without checks, health is UP', [], '/health', 200, []);
});

const failedLive = () => [failing('liveness'), passing('liveness'), passing('readiness')];
const failedReady = () => [failing('readiness'), passing('readiness'), passing('liveness')];
const failedStartup = () => [passing('liveness'), passing('readiness'), failing('startup')];
const liveAndReady = () => [passing('liveness'), passing('readiness')];

describe('MicroProfile Health TCK, several checks', () => {
  tck('#11 a failed liveness check fails live', failedLive(), LIVE, 503, [FAILURE, SUCCESS]);
  tck('#12 a failed liveness check does not fail ready', failedLive(), READY, 200, [SUCCESS]);
  tck('#13 health lists two checks of the same name', failedReady(), '/health', 503, [
    FAILURE,
    SUCCESS,
    SUCCESS,
  ]);
  tck('#14 a failed readiness check fails ready', failedReady(), READY, 503, [FAILURE, SUCCESS]);
  tck('#15 a failed readiness check does not fail live', failedReady(), LIVE, 200, [SUCCESS]);
  tck('#16 a failed startup check fails started', failedStartup(), STARTED, 503, [FAILURE]);
  tck('#17 a failed startup check does not fail live', failedStartup(), LIVE, 200, [SUCCESS]);
  tck('#18 a failed startup check does not fail ready', failedStartup(), READY, 200, [SUCCESS]);
  tck('#19 a failed startup check fails health', failedStartup(), '/health', 503, [
    FAILURE,
    SUCCESS,
    SUCCESS,
  ]);
  tck('#21 live does not ask the readiness check', liveAndReady(), LIVE, 200, [SUCCESS]);
  tck('#22 ready does not ask the liveness check', liveAndReady(), READY, 200, [SUCCESS]);
});

describe('MicroProfile Health TCK, a single check', () => {
  tck('#23 a failed liveness check', [failing('liveness')], LIVE, 503, [FAILURE]);
  tck('#24 a successful liveness check', [passing('liveness')], LIVE, 200, [SUCCESS]);
  tck('#25 a failed readiness check', [failing('readiness')], READY, 503, [FAILURE]);
  tck('#26 a successful readiness check', [passing('readiness')], READY, 200, [SUCCESS]);
  tck('#27 a failed startup check', [failing('startup')], STARTED, 503, [FAILURE]);
  tck('#28 a successful startup check', [passing('startup')], STARTED, 200, [SUCCESS]);
});
