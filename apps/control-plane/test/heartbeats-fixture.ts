import { Logger } from '@nestjs/common';
import { DEFAULT_INTERVALS, IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { formatTimestamp, ManualClock, RunningClock } from '@vitals/core/time';
import type { Heartbeat } from '../src/heartbeats/heartbeat.schema.js';
import { type BeatAnswer, HeartbeatsService } from '../src/heartbeats/heartbeats.service.js';
import type { StoredInfo, StoredReport } from '../src/database/change.js';
import { Journal } from '../src/database/journal.js';
import { NEVER_HEARD, Provider } from '../src/providers/provider.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { ProviderTurns } from '../src/providers/provider.turns.js';
import { RegistrationService } from '../src/providers/registration/registration.service.js';
import { FakeStore } from './fake.store.js';

/** Its number in the store. */
const KEY = 7;

/** Takes the beats of one provider, `vm-1` of generation 2, on a clock that stands still. */
export class HeartbeatsFixture {
  readonly clock = new ManualClock();
  readonly store = new FakeStore();
  readonly leases: LeaseTable;
  readonly provider: Provider;
  readonly service: HeartbeatsService;
  private readonly running = new RunningClock(this.clock);

  constructor() {
    Logger.overrideLogger(false);
    const { clock, store } = this;
    this.leases = new LeaseTable(this.running, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5));
    const journal = new Journal(clock, store);
    const directory = new ProviderDirectory(journal);
    const registrations = new RegistrationService(
      directory,
      new ProviderTurns(),
      this.leases,
      store,
      journal,
      clock,
    );
    this.service = new HeartbeatsService(directory, registrations, this.leases, journal, clock);
    const registration = { name: 'vm-1', endpoint: 'http://vm-1', service_type: 'vm', schema_version: '1' };
    const info = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: undefined };
    const credentials = { tokenHash: undefined, previousTokenHash: undefined };
    const identity = { key: KEY, id: 'id-1', generation: 2, registeredAtMs: 0, ...credentials };
    const stored = { ...NEVER_HEARD, ...identity, registration, info, stateSinceMs: 0 };
    this.provider = new Provider(stored, this.leases.register('vm-1'));
    directory.add(this.provider);
  }

  /** What of the provider's beats is durable. */
  get storedReport(): StoredReport | undefined {
    return this.store.reports.get(KEY);
  }

  /** What of its resources is durable. */
  get storedInfo(): StoredInfo | undefined {
    return this.store.infos.get(KEY);
  }

  /** Until its deadline. */
  get remainingMs(): number {
    return this.leases.view(this.provider.lease).remainingMs;
  }

  /** A provider that is Ready and Available, all of it durable. */
  static async ready(): Promise<HeartbeatsFixture> {
    const fixture = new HeartbeatsFixture();
    await fixture.settled(fixture.take('Ready'));
    return fixture;
  }

  /** Takes a beat whose timestamp is `aheadMs` ahead of the clock of the control plane. */
  take(phase: Heartbeat['phase'], aheadMs = 0, more: Partial<Heartbeat> = {}): BeatAnswer {
    return this.service.take(this.provider, {
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
