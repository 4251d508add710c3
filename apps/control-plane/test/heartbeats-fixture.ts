import { Logger } from '@nestjs/common';
import { DEFAULT_INTERVALS, IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { formatTimestamp, ManualClock, RunningClock } from '@vitals/core/time';
import type { Heartbeat } from '../src/heartbeats/heartbeat.schema.js';
import { type BeatAnswer, HeartbeatsService } from '../src/heartbeats/heartbeats.service.js';
import { Journal } from '../src/persistence/journal.js';
import { newProvider, type Provider } from '../src/providers/provider.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { ProvidersService } from '../src/providers/providers.service.js';
import { FakeStore } from './fake.store.js';

/** Takes the beats of one provider, `vm-1` of generation 2, on a clock that stands still. */
export class HeartbeatsFixture {
  readonly clock = new ManualClock();
  readonly store = new FakeStore();
  readonly leases: LeaseTable;
  readonly provider: Provider;
  readonly service: HeartbeatsService;
  private readonly running = new RunningClock(this.clock);
  private readonly providers: ProvidersService;

  constructor() {
    Logger.overrideLogger(false);
    this.leases = new LeaseTable(this.running, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5));
    const journal = new Journal(this.clock, this.store);
    const directory = new ProviderDirectory();
    this.providers = new ProvidersService(directory, this.leases, this.store, journal, this.clock);
    this.service = new HeartbeatsService(directory, this.providers, this.leases, journal, this.clock);
    const registration = { name: 'vm-1', endpoint: 'http://vm-1', service_type: 'vm', schema_version: '1' };
    const info = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: undefined };
    this.provider = newProvider({ registration, id: 'id-1', generation: 2, registeredAtMs: 0 }, info);
    directory.add(this.provider);
    this.leases.register('vm-1');
  }

  /** A provider that is Ready and Available, all of it durable. */
  static async ready(): Promise<HeartbeatsFixture> {
    const fixture = new HeartbeatsFixture();
    await fixture.providers.onModuleInit();
    await fixture.settled(fixture.take('Ready'));
    return fixture;
  }

  /** Takes a beat whose timestamp is `aheadMs` ahead of the clock of the control plane. */
  take(phase: Heartbeat['phase'], aheadMs = 0, more: Partial<Heartbeat> = {}): BeatAnswer {
    return this.service.take('vm-1', {
      timestamp: formatTimestamp(this.clock.wallMs() + aheadMs),
      phase,
      ...more,
    });
  }

  /** How the answer to a beat stands, after all that can happen now has happened. */
  async settled({ durable }: BeatAnswer): Promise<string> {
    if (!durable) return 'at once';
    let state = 'waiting';
    durable.then(
      () => (state = 'durable'),
      (error: { code?: string }) => (state = error.code ?? 'failed'),
    );
    await this.clock.advance(0);
    return state;
  }

  /** Lets time pass while the control plane is at work. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      await this.clock.advance(50);
      this.running.nowMs();
    }
  }
}
