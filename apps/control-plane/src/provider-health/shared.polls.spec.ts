import type { ProbeResult } from '@vitals/core/check';
import { ProviderHealthCache } from '@vitals/provider-health';
import { type JoinedPlane, JoinedPlanes } from '../../test/joined-planes.js';
import { CHANGE_LOG } from '../database/change.log.js';
import { ProviderHealthStage } from './provider-health.module.js';
import { SilenceEvidence } from './provider.polls.js';
import { SharedPolls } from './shared.polls.js';

let planes: JoinedPlanes;
let a: JoinedPlane;
let b: JoinedPlane;
let outcome: ProbeResult['outcome'];
let polls: number;

beforeEach(async () => {
  outcome = 'success';
  polls = 0;
  planes = new JoinedPlanes([ProviderHealthStage], {
    probe: () => {
      polls++;
      return Promise.resolve({ outcome, message: 'it answered', durationMs: 3 });
    },
  });
  a = await planes.join();
  b = await planes.join();
  await planes.pass(30);
  await a.register('p', 4, undefined, '/health');
  await planes.follow();
  planes.grants.give(a.owned);
});

/** Everybody polls what it owns, and hears of the others. */
async function sweep(): Promise<void> {
  for (const { plane } of planes.all) {
    const checked = plane.get(ProviderHealthCache).check('p');
    await planes.clock.advance(10);
    await checked;
  }
  for (let turn = 0; turn < 5; turn++) await planes.clock.advance(0);
  await planes.follow();
}

const healthy = () => planes.all.map(({ plane }) => plane.get(SharedPolls).get('p')?.healthy);
const told = () => planes.store.rows(CHANGE_LOG).filter(({ kind }) => kind === 'providers-polled').length;

describe('The health of providers in a cluster', () => {
  it('is asked by their owner alone, and known everywhere', async () => {
    await sweep();
    expect([polls, healthy()]).toEqual([1, [true, true]]);
    outcome = 'failure';
    for (let failures = 0; failures < 5; failures++) await sweep();
    expect([polls, healthy()]).toEqual([6, [false, false]]);
    expect(b.plane.get(SilenceEvidence).of('p')).toMatch(/did not answer healthy/);
  });

  it('is told when it changes, and not with each poll', async () => {
    await sweep();
    const before = told();
    for (let again = 0; again < 10; again++) await sweep();
    expect(told() - before).toBe(0);
    await a.plane.done(a.plane.get(SharedPolls).refresh());
    await b.plane.done(b.plane.get(SharedPolls).refresh());
    expect(told() - before).toBe(1);
  });

  it('is asked at once by who takes a provider over, and stays known until then', async () => {
    await sweep();
    planes.grants.give(b.owned);
    expect(healthy()).toEqual([true, true]);
    const before = polls;
    await planes.clock.advance(10);
    await planes.follow();
    expect([polls - before, healthy()]).toEqual([1, [true, true]]);
    await sweep();
    expect(polls - before).toBe(2);
  });

  it('is stale where nothing is heard of who asks', async () => {
    await sweep();
    const stale = () => b.plane.get(SharedPolls).get('p')?.stale;
    expect(stale()).toBe(false);
    await planes.clock.advance(70_000);
    expect(stale()).toBe(false);
    await planes.clock.advance(30_000);
    expect([stale(), healthy()[1]]).toEqual([true, true]);
    await a.plane.done(a.plane.get(SharedPolls).refresh());
    await planes.follow();
    expect(stale()).toBe(a.plane.get(SharedPolls).get('p')?.stale);
  });
});
