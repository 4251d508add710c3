import { Logger } from '@nestjs/common';
import { DEFAULT_INTERVALS, IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp, ManualClock, RunningClock } from '@vitals/core/time';
import type { Heartbeat } from '../src/heartbeats/heartbeat.schema.js';
import { type BeatAnswer, HeartbeatsService } from '../src/heartbeats/heartbeats.service.js';
import { ReportBuffer } from '../src/heartbeats/report.buffer.js';
import { Feed } from '../src/database/feed.js';
import { Journal } from '../src/database/journal.js';
import { TRANSITIONS } from '../src/database/transition.record.js';
import type { Provider } from '../src/providers/provider.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { LEASES, PROVIDERS, type StoredInfo, type StoredReport } from '../src/providers/provider.rows.js';
import { RegistrationService } from '../src/providers/registration/registration.service.js';
import { MemoryDatabase } from './memory.database.js';
import { applyAll, registered } from './registered-provider.js';

/** Its number in the store. */
const KEY = 7;

/** Takes the beats of one provider, `vm-1` of generation 2, on a clock that stands still. */
export class HeartbeatsFixture {
  readonly clock = new ManualClock();
  readonly store = new MemoryDatabase();
  readonly leases: LeaseTable;
  readonly provider: Provider;
  readonly service: HeartbeatsService;
  private readonly running = new RunningClock(this.clock);

  constructor() {
    Logger.overrideLogger(false);
    const { clock, store } = this;
    this.leases = new LeaseTable(this.running, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5));
    const feed = new Feed();
    const journal = new Journal(clock, store, feed);
    const directory = new ProviderDirectory(journal, feed, store, this.leases, clock);
    const registrations = new RegistrationService(directory, store, journal, clock);
    const reports = new ReportBuffer(journal, clock);
    this.service = new HeartbeatsService(directory, registrations, this.leases, journal, reports, clock);
    const info = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: undefined };
    const change = registered(KEY, 'vm-1', { generation: 2, info });
    store.load(PROVIDERS, [
      { ...change.payload.stored, name: 'vm-1', info, cordoned: false, drainRequested: false },
    ]);
    store.load(LEASES, [
      { key: KEY, advertisedMs: 0, availability: 'Unknown', stateSinceMs: 0, lastSequence: 0 },
    ]);
    applyAll(feed, [change]);
    this.provider = directory.get('vm-1');
  }

  /** What of the provider's beats is durable. */
  get storedReport(): StoredReport | undefined {
    const [lease] = this.store.rows(LEASES);
    return lease?.heardAtMs === undefined ? undefined : lease;
  }

  /** What of its resources is durable. */
  get storedInfo(): StoredInfo | undefined {
    return this.store.rows(PROVIDERS)[0]?.info;
  }

  /** Transitions that are durable. */
  get recorded(): RecordedTransition[] {
    return this.store.rows(TRANSITIONS);
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
