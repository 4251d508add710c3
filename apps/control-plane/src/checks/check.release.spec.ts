import { ManualClock } from '@vitals/core/time';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import type { MassFailureAlarm } from '../mass-failures/mass-failure.alarm.js';

const MINUTE_MS = 60_000;
const DAYS_30_MS = 30 * 24 * 60 * MINUTE_MS;

let fixture: ChecksFixture;
let alarms: Pick<MassFailureAlarm, 'kind' | 'scope' | 'gone' | 'of' | 'by'>[];

async function start(clock?: ManualClock): Promise<void> {
  const { answer } = fixture ?? {};
  const options = { environment: { VITALS_MASS_FAILURE_HOLD: '10m' }, ...(clock && { clock }) };
  fixture = fixture ? await fixture.afterPowerLoss(options) : await ChecksFixture.start(options);
  if (answer) fixture.answer = answer;
  alarms = [];
  fixture.failures.alarms.subscribe(({ kind, scope, gone, of, by }) =>
    alarms.push({ kind, scope, gone, of, by }),
  );
}

/** Ten of fourteen of one tag stop for good, while three of another tag are well. */
async function stopTen(): Promise<void> {
  await Promise.all([
    ...Array.from({ length: 14 }, (_, at) => register('a', at + 1)),
    ...[21, 22, 23].map((port) => register('b', port)),
  ]);
  await fixture.pass(15_000);
  fixture.answer = (id) => (stopped.has(Number(id.split(':').at(-1))) ? 'failure' : 'success');
  for (let port = 1; port <= 10; port++) stopped.add(port);
  await fixture.pass(300_000);
}

function register(tag: string, port: number): Promise<unknown> {
  return fixture.register(`shop-${tag}`, { deregisterCriticalServiceAfter: 60_000 }, port, tag);
}

const size = (): number => fixture.services.size;
const stopped = new Set<number>();

const minutes = (count: number): Promise<void> => fixture.pass(count * MINUTE_MS);

beforeEach(async () => {
  fixture = undefined as never;
  stopped.clear();
  await start();
  await stopTen();
});

describe('ten instances of fourteen that stop for good', () => {
  it('stay while the mass failure holds, and nobody of another tag stays with them', async () => {
    expect([size(), alarms.map(({ scope }) => scope)]).toEqual([17, [{ zone: 'a' }, 'fleet']]);
    stopped.add(21);
    await fixture.pass(200_000);
    expect(fixture.directory.find('shop-b|b:http:127.0.0.1:21')).toBeUndefined();
    expect(size()).toBe(16);
  });

  it('go after the hold, one after the other, and do not begin it anew', async () => {
    await minutes(8);
    expect(size()).toBe(7);
    expect(alarms.filter(({ kind }) => kind === 'ended')).toEqual([
      { kind: 'ended', scope: { zone: 'a' }, gone: 10, of: 14, by: 'time' },
      { kind: 'ended', scope: 'fleet', gone: 10, of: 17, by: 'settled' },
    ]);
    const removals = fixture.recorded.filter(({ to }) => to === 'Removed').map(({ atMs }) => atMs);
    expect(new Set(removals).size).toBe(10);
    stopped.add(11);
    await fixture.pass(300_000);
    expect([size(), alarms.length]).toEqual([6, 4]);
  });

  it('go when an operator acknowledges it, which is told once and may be repeated', async () => {
    const [failure] = fixture.massFailures.ongoingOf('service');
    const first = await fixture.done(fixture.massFailures.acknowledge(failure?.key as number));
    expect(first).toMatchObject({ zone: 'a', gone: 10, of: 14, endedBy: 'acknowledgement' });
    expect(await fixture.done(fixture.massFailures.acknowledge(failure?.key as number))).toEqual(first);
    await fixture.pass(180_000);
    expect(size()).toBe(7);
    expect(alarms.filter(({ kind }) => kind !== 'began')).toEqual([
      { kind: 'acknowledged', scope: { zone: 'a' }, gone: 10, of: 14, by: 'acknowledgement' },
      { kind: 'ended', scope: 'fleet', gone: 10, of: 17, by: 'settled' },
    ]);
    const fleet = fixture.massFailures.all().find(({ zone }) => zone === undefined);
    expect(fleet).toMatchObject({ gone: 10, of: 17, endedBy: 'settled' });
  });

  it('are counted as they are now while it goes on', async () => {
    const counts = () => fixture.massFailures.all().map(({ zone, gone, of }) => [zone, gone, of]);
    expect(counts()).toEqual([
      [undefined, 10, 17],
      ['a', 10, 14],
    ]);
    stopped.delete(1);
    await fixture.pass(40_000);
    expect(counts()[1]).toEqual(['a', 9, 14]);
  });

  it('stay acknowledged over a restart, and are a mass failure again when others go', async () => {
    const [failure] = fixture.massFailures.ongoingOf('service');
    await fixture.done(fixture.massFailures.acknowledge(failure?.key as number));
    await start();
    expect([alarms, fixture.massFailures.ongoingOf('service')]).toEqual([[], []]);
    for (let port = 11; port <= 14; port++) stopped.add(port);
    await fixture.pass(400_000);
    expect(alarms.map(({ kind, scope, gone, of }) => [kind, scope, gone, of])).toEqual([
      ['began', 'fleet', 4, 7],
      ['began', { zone: 'a' }, 4, 4],
    ]);
    expect(size()).toBe(7);
  });

  it.each([
    ['set back', -DAYS_30_MS],
    ['put ahead', DAYS_30_MS],
  ])('keep what was left of the hold over a restart with a clock %s by a month', async (_, byMs) => {
    await fixture.done(fixture.passed.write());
    const clock = new ManualClock(fixture.clock.wallMs() + byMs);
    await start(clock);
    await minutes(4);
    expect([size(), alarms]).toEqual([17, []]);
    await minutes(4);
    expect([size(), alarms.length]).toEqual([7, 2]);
  });

  it('go when they are deregistered, which ends it by itself', async () => {
    for (let port = 1; port <= 6; port++) {
      const node = { serviceId: 'shop-a', tag: 'a', protocol: 'http', address: '127.0.0.1', port };
      await fixture.done(fixture.registry.deregister(node));
    }
    expect(alarms.filter(({ kind }) => kind === 'ended').map(({ by }) => by)).toEqual([
      'recovery',
      'recovery',
    ]);
    await fixture.pass(180_000);
    expect(size()).toBe(7);
  });
});

describe('the end of the hold', () => {
  it('lets those return who are well again, and removes none of them', async () => {
    stopped.delete(1);
    await minutes(8);
    expect(size()).toBe(8);
    expect(fixture.directory.get('shop-a|a:http:127.0.0.1:1').status).toBe('Passing');
  });
});

describe('ten TTLs of ten that say nothing more', () => {
  it('are removed one after the other once their mass failure is acknowledged, each an interval after its turn', async () => {
    const removal = { deregisterCriticalServiceAfter: 60_000, healthPath: '', interval: 30_000 };
    for (let port = 31; port <= 40; port++) await fixture.register('silent', removal, port, 'c');
    await fixture.pass(200_000);
    expect(size()).toBe(27);
    const failure = fixture.massFailures.ongoing('service', 'c');
    await fixture.done(fixture.massFailures.acknowledge(failure?.key as number));
    const acknowledgedAtMs = fixture.clock.wallMs();
    await fixture.pass(29_000);
    expect(size()).toBe(27);
    await fixture.pass(20_000);
    const removals = fixture.recorded
      .filter(({ to, subject }) => to === 'Removed' && subject.startsWith('silent'))
      .map(({ atMs }) => atMs - acknowledgedAtMs - 30_000);
    expect(removals.map((ms) => Math.floor(ms / 100))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
