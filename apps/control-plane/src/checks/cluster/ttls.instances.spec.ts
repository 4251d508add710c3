import { VitalsError } from '@vitals/core/errors';
import { ClusteredChecks, type CheckingInstance } from '../../../test/checks/clustered-checks.js';
import { SILENCE_GRACE_MS } from './heard.since.js';

const ALL = [0, 1, 2, 3];
const TTL = { target: { kind: 'ttl' } } as const;
const PASS = { outcome: 'success', message: 'reported as passing' } as const;
const away = new VitalsError('store-unavailable', 'the server is gone');

let cluster: ClusteredChecks;
let a: CheckingInstance;
let b: CheckingInstance;

/** Two instances: `a` ticks, and `b` executes. */
beforeEach(async () => {
  cluster = await ClusteredChecks.of(2);
  [a, b] = cluster.instances as [CheckingInstance, CheckingInstance];
  await cluster.define(a, 'job', TTL);
});

/** Passes at an instance, every five seconds, for so long. */
async function passing(at: CheckingInstance, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    await cluster.done(at.checks.report('job', PASS));
    await cluster.pass(5_000);
  }
}

const statuses = (): string[] => [a, b].map((each) => each.check('job').status);

describe('a TTL of a cluster', () => {
  it('passes at any instance, and is known to pass on every one', async () => {
    await passing(a, 20_000);
    await passing(b, 20_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing']);
    expect(statuses()).toEqual(['Passing', 'Passing']);
  });

  it('costs no command while it passes', async () => {
    await passing(a, 60_000);
    expect(cluster.topics.valuesOf('health-checks')).toEqual([]);
  });

  it('fails by a message at once, wherever that comes', async () => {
    await passing(a, 5_000);
    await cluster.done(b.checks.report('job', { outcome: 'failure', message: 'out of memory' }));
    await cluster.pass(600);
    expect(statuses()).toEqual(['Critical', 'Critical']);
  });

  it('fails by silence, found once by the executor, after what an instance may take to be declared dead', async () => {
    await passing(a, 5_000);
    await cluster.pass(4_000 + SILENCE_GRACE_MS);
    expect(cluster.story('job')).toEqual(['Pending > Passing']);
    await cluster.pass(3_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing', 'Passing > Critical']);
    expect(statuses()).toEqual(['Critical', 'Critical']);
    expect(a.check('job').state.failures).toBe(1);
  });

  it('is told that it was not heard while the store was away, and is not marked for it', async () => {
    await passing(a, 10_000);
    for (const { database } of [a, b]) database.cutOff = away;
    await expect(cluster.done(a.checks.report('job', PASS))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await cluster.pass(60_000);
    for (const { database } of [a, b]) database.cutOff = undefined;
    await cluster.pass(8_000);
    await passing(b, 30_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing']);
  });

  it('is not marked when the instance that it passed at dies, with the ticks and the runs of all', async () => {
    await passing(b, 10_000);
    cluster.kill(b);
    // its passes are refused until the balancer notices
    await cluster.pass(8_000);
    await cluster.assign('executors', { 0: ALL });
    await cluster.pass(9_000);
    await passing(a, 30_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing']);
  });

  it('is marked for its own silence after that, by whoever executes then', async () => {
    await passing(b, 10_000);
    cluster.kill(b);
    await cluster.pass(8_000);
    await cluster.assign('executors', { 0: ALL });
    await cluster.pass(45_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing', 'Passing > Critical']);
  });

  it('is not marked when its commands waited out an outage of the log', async () => {
    await passing(a, 10_000);
    cluster.topics.away = 'the brokers are gone';
    await cluster.pass(40_000);
    await cluster.done(a.checks.report('job', PASS));
    cluster.topics.away = undefined;
    await cluster.pass(5_000);
    expect(cluster.story('job')).toEqual(['Pending > Passing']);
  });
});
