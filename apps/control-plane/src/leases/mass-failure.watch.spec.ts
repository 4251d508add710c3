import { Logger } from '@nestjs/common';
import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { MemoryDatabase } from '../../test/memory.database.js';
import { applyAll, registered } from '../../test/registered-provider.js';
import { Feed } from '../database/feed.js';
import type { MassFailureAlarm } from '../mass-failures/mass-failure.alarm.js';
import { MassFailureLog } from '../mass-failures/mass-failure.log.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import type { Provider } from '../providers/provider.js';
import { providerRemoved } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { readSettings } from '../settings/read-settings.js';
import { MassFailureWatch } from './mass-failure.watch.js';

const DAY_MS = 86_400_000;

/** A fleet whose members are silenced and heard by hand. */
class Fleet {
  readonly alarms: MassFailureAlarm[] = [];
  readonly watch: MassFailureWatch;
  readonly directory: ProviderDirectory;
  private readonly feed = new Feed();
  private readonly clock = new ManualClock();
  private readonly running = new RunningClock(this.clock);
  private readonly policy = new IntervalPolicy();
  private readonly leases = new LeaseTable(this.running, this.policy);

  constructor() {
    const { clock, running, policy } = this;
    const store = new MemoryDatabase();
    const journal = new Journal(clock, store, this.feed);
    const log = new MassFailureLog(store, journal, clock, this.feed);
    const passed = new PassedTime(store, journal, clock, running);
    this.directory = new ProviderDirectory(journal, this.feed, store, this.leases, clock);
    this.watch = new MassFailureWatch(
      this.directory,
      clock,
      running,
      policy,
      readSettings({}),
      log,
      journal,
      passed,
    );
    this.watch.alarms.subscribe((alarm) => this.alarms.push(alarm));
  }

  get wallMs(): number {
    return this.clock.wallMs();
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

beforeAll(() => Logger.overrideLogger(false));

describe('MassFailureWatch', () => {
  it('raises one alarm when a zone fails, freezes only that zone, and raises another when it is back', () => {
    const fleet = new Fleet();
    fleet.watch.onModuleInit();
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

  it('counts a provider once, in the zone in which it is now, until it is removed', () => {
    const fleet = new Fleet();
    fleet.watch.onModuleInit();
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

  it('is frozen after a restart by what it finds, and says so if nobody had noted it', () => {
    const fleet = new Fleet();
    const providers = Array.from({ length: 6 }, (_, index) => fleet.add(`p${index}`, 'west'));
    for (const provider of providers.slice(0, 5)) provider.lease.state = 'Unavailable';
    fleet.watch.onModuleInit();
    expect(fleet.alarms).toMatchObject([
      { scope: 'fleet', kind: 'began' },
      { scope: { zone: 'west' }, kind: 'began' },
    ]);
    expect(fleet.watch.isFrozen(providers[5] as Provider)).toBe(true);
  });

  it('makes no mass failure of those that went one by one before a wall clock was set back', () => {
    const fleet = new Fleet();
    const providers = Array.from({ length: 6 }, (_, index) => fleet.add(`p${index}`, 'west'));
    for (const [days, provider] of providers.slice(0, 5).entries()) {
      provider.lease.state = 'Unavailable';
      provider.stateSinceMs = fleet.wallMs + (30 + days) * DAY_MS;
    }
    fleet.watch.onModuleInit();
    expect(fleet.alarms).toEqual([]);
    expect(fleet.watch.isFrozen(providers[5] as Provider)).toBe(false);
  });

  it('holds no provider of a zone that is well while another zone fails', () => {
    const fleet = new Fleet();
    fleet.watch.onModuleInit();
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
