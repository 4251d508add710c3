import { AvailabilityState } from '@vitals/health';
import { applyAll, registered } from '../../test/registered-provider.js';
import { Feed } from '../database/feed.js';
import { TestPlane } from '../../test/test-plane.js';
import type { MassFailureAlarm } from '../mass-failures/mass-failure.alarm.js';
import { MassFailuresModule } from '../mass-failures/mass-failures.module.js';
import { ProviderHealthStage } from '../provider-health/provider-health.module.js';
import { providerRemoved } from '../providers/provider.changes.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { LeasesModule } from './leases.module.js';
import { MassFailureWatch } from './mass-failure.watch.js';

const DAY_MS = 86_400_000;

/** A fleet whose members are silenced and heard by hand. */
class Fleet {
  readonly alarms: MassFailureAlarm[] = [];
  readonly watch = this.plane.get(MassFailureWatch);
  readonly directory = this.plane.get(ProviderDirectory);
  private readonly feed = this.plane.get(Feed);

  private constructor(private readonly plane: TestPlane) {
    this.watch.alarms.subscribe((alarm) => this.alarms.push(alarm));
  }

  /** A fleet of which nothing is watched yet. */
  static async build(): Promise<Fleet> {
    const modules = [ProviderHealthStage, MassFailuresModule, LeasesModule];
    return new Fleet(await TestPlane.build({ modules, providers: [AvailabilityState] }));
  }

  /** From now on it is watched. */
  begin(): Promise<void> {
    return this.plane.begin();
  }

  get wallMs(): number {
    return this.plane.clock.wallMs();
  }

  add(name: string, zone: string): Provider {
    applyAll(this.feed, [
      registered(this.directory.nextKey(), name, { registration: { metadata: { zone } } }),
    ]);
    return this.directory.get(name);
  }

  remove({ key, name }: Provider): void {
    const about = { kind: 'provider', from: 'Unknown', to: 'Removed', cause: '', atMs: 0 } as const;
    applyAll(this.feed, [providerRemoved([{ ...about, key, subject: name, sequence: 1 }])]);
  }

  set(provider: Provider, state: 'Available' | 'Unavailable'): void {
    provider.lease.state = state;
    this.directory.noteChange(provider);
  }
}

describe('MassFailureWatch', () => {
  it('raises one alarm when a zone fails, freezes only that zone, and raises another when it is back', async () => {
    const fleet = await Fleet.build();
    await fleet.begin();
    const west = Array.from({ length: 6 }, (_, index) => fleet.add(`west-${index}`, 'west'));
    const east = Array.from({ length: 20 }, (_, index) => fleet.add(`east-${index}`, 'east'));
    for (const provider of west.slice(0, 5)) fleet.set(provider, 'Unavailable');
    expect(fleet.alarms).toMatchObject([{ scope: { zone: 'west' }, kind: 'began', gone: 4, of: 6, id: '1' }]);
    expect([west[5], east[0]].map((one) => fleet.watch.isFrozen(one as Provider))).toEqual([true, false]);
    expect(fleet.watch.check().state).toBe('DOWN');
    for (const provider of west.slice(0, 5)) fleet.set(provider, 'Available');
    expect(fleet.alarms.map(({ kind }) => kind)).toEqual(['began', 'ended']);
    expect(fleet.watch.isFrozen(west[5] as Provider)).toBe(false);
  });

  it('counts a provider once, in the zone in which it is now, until it is removed', async () => {
    const fleet = await Fleet.build();
    await fleet.begin();
    const providers = Array.from({ length: 6 }, (_, index) => fleet.add(`p${index}`, 'west'));
    const [moved, removed] = providers as [Provider, Provider];
    for (const provider of providers.slice(0, 3)) {
      fleet.set(provider, 'Unavailable');
      fleet.set(provider, 'Unavailable');
    }
    expect(fleet.alarms).toEqual([]);
    moved.zone = 'east';
    fleet.set(moved, 'Unavailable');
    fleet.remove(removed);
    fleet.set(providers[3] as Provider, 'Unavailable');
    expect(fleet.alarms).toEqual([]);
  });

  it('is frozen after a restart by what it finds, and says so if nobody had noted it', async () => {
    const fleet = await Fleet.build();
    const providers = Array.from({ length: 6 }, (_, index) => fleet.add(`p${index}`, 'west'));
    for (const provider of providers.slice(0, 5)) provider.lease.state = 'Unavailable';
    await fleet.begin();
    expect(fleet.alarms).toMatchObject([
      { scope: 'fleet', kind: 'began' },
      { scope: { zone: 'west' }, kind: 'began' },
    ]);
    expect(fleet.watch.isFrozen(providers[5] as Provider)).toBe(true);
  });

  it('makes no mass failure of those that went one by one before a wall clock was set back', async () => {
    const fleet = await Fleet.build();
    const providers = Array.from({ length: 6 }, (_, index) => fleet.add(`p${index}`, 'west'));
    for (const [days, provider] of providers.slice(0, 5).entries()) {
      provider.lease.state = 'Unavailable';
      provider.stateSinceMs = fleet.wallMs + (30 + days) * DAY_MS;
    }
    await fleet.begin();
    expect(fleet.alarms).toEqual([]);
    expect(fleet.watch.isFrozen(providers[5] as Provider)).toBe(false);
  });

  it('holds no provider of a zone that is well while another zone fails', async () => {
    const fleet = await Fleet.build();
    await fleet.begin();
    const west = Array.from({ length: 14 }, (_, index) => fleet.add(`west-${index}`, 'west'));
    const east = Array.from({ length: 4 }, (_, index) => fleet.add(`east-${index}`, 'east'));
    for (const provider of [...west.slice(0, 10), ...east.slice(0, 1)]) fleet.set(provider, 'Unavailable');
    expect(fleet.alarms.map(({ scope }) => scope)).toEqual([{ zone: 'west' }, 'fleet']);
    expect([...west, ...east].map((one) => fleet.watch.isFrozen(one))).toEqual([
      ...west.map(() => true),
      ...east.map(() => false),
    ]);
  });
});
