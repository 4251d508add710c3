import { formatTimestamp } from '@vitals/core/time';
import { DeclarationsFixture } from '../../test/checks/declarations-fixture.js';

let fixture: DeclarationsFixture;
let acknowledged: number[];

beforeEach(async () => {
  fixture = await DeclarationsFixture.start();
  acknowledged = [];
  fixture.massFailures.followBy('service', {
    onDurable: () => undefined,
    onSettled: () => undefined,
    settledNow: () => [],
    countsOf: ({ gone, of }) => ({ gone, of }),
    acknowledge: (failure) => {
      acknowledged.push(failure.key);
      fixture.massFailures.put({ ...failure, endedAtMs: fixture.clock.wallMs(), endedBy: 'acknowledgement' });
      return Promise.resolve();
    },
  });
});

function begin(zone: string | undefined): { readonly key: number; readonly beganAtMs: number } {
  const about = { kind: 'service', zone, gone: 10, of: 14, quietSinceMs: 0 } as const;
  return fixture.massFailures.begin({ ...about, beganAtMs: fixture.clock.wallMs() + 123 });
}

const entry = (beganAtMs: number, more: object = {}): object => ({
  kind: 'service',
  name: 'prod',
  began_at: formatTimestamp(beganAtMs),
  ...more,
});

describe('A mass failure that a file acknowledges', () => {
  it('ends, once, and the entry may stay', async () => {
    const { key, beganAtMs } = begin('prod');
    const document = { acknowledged_mass_failures: [entry(beganAtMs - 123), entry(beganAtMs)] };
    expect(await fixture.apply(document)).toMatchObject({
      change: [{ kind: 'mass-failure', id: '1', fields: [{ from: 'ongoing', to: 'acknowledged' }] }],
      unchanged: 1,
    });
    expect(acknowledged).toEqual([key]);
    expect(await fixture.apply(document)).toMatchObject({ change: [], unchanged: 2 });
    await fixture.clock.advance(60_000);
    begin('prod');
    expect(await fixture.apply(document)).toMatchObject({ change: [], unchanged: 2 });
    expect(acknowledged).toEqual([key]);
  });

  it('is told by its kind and its scope', async () => {
    const { beganAtMs } = begin(undefined);
    const others = [entry(beganAtMs), entry(beganAtMs, { kind: 'provider', name: undefined })];
    expect(await fixture.apply({ acknowledged_mass_failures: others })).toMatchObject({ change: [] });
    const all = [{ kind: 'service', began_at: formatTimestamp(beganAtMs) }];
    expect(await fixture.apply({ acknowledged_mass_failures: all })).toMatchObject({ change: [{ id: '1' }] });
  });

  it.each([
    ['no object', 'prod', '', 'must be an object'],
    ['another kind', entry(0, { kind: 'check' }), '/kind', 'provider, service'],
    ['an empty name', entry(0, { name: '' }), '/name', 'leave it out'],
    ['no time', entry(0, { began_at: 'yesterday' }), '/began_at', 'GET /mass-failures'],
    ['something else', entry(0, { until: 'x' }), '/until', 'is not known here'],
  ])('is refused with %s', async (_what, wrong, pointer, detail) => {
    expect(await fixture.faultsOf({ acknowledged_mass_failures: [wrong as object] })).toEqual([
      expect.stringMatching(`^/acknowledged_mass_failures/0${pointer}: .*${detail}`),
    ]);
  });
});
