import { DEFAULT_INTERVALS, IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp, RunningClock } from '@vitals/core/time';
import type { Heartbeat } from '../src/heartbeats/heartbeat.schema.js';
import { HeartbeatsModule } from '../src/heartbeats/heartbeats.module.js';
import { type BeatAnswer, HeartbeatsService } from '../src/heartbeats/heartbeats.service.js';
import { TRANSITIONS } from '../src/database/transition.record.js';
import type { Provider } from '../src/providers/provider.js';
import { LEASES, PROVIDERS, type StoredInfo, type StoredReport } from '../src/providers/provider.rows.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { MemoryDatabase } from './memory.database.js';
import { registered } from './registered-provider.js';
import { TestPlane } from './test-plane.js';

/** Its number in the store. */
const KEY = 7;

/** Takes the beats of one provider, `vm-1` of generation 2, on a clock that stands still. */
export class HeartbeatsFixture {
  readonly clock = this.plane.clock;
  readonly leases = this.plane.get(LeaseTable);
  readonly service = this.plane.get(HeartbeatsService);
  readonly provider: Provider;
  private readonly running = this.plane.get(RunningClock);

  private constructor(
    private readonly plane: TestPlane,
    readonly store: MemoryDatabase,
  ) {
    this.provider = plane.get(ProviderDirectory).get('vm-1');
  }

  /** The provider is registered, and nothing more. */
  static async registered(): Promise<HeartbeatsFixture> {
    const store = new MemoryDatabase();
    const info = { capacity: { cpu: 8 }, allocated: {}, capabilities: ['gpu'], syncedAtMs: undefined };
    const change = registered(KEY, 'vm-1', { generation: 2, info });
    store.load(PROVIDERS, [
      { ...change.payload.stored, name: 'vm-1', info, cordoned: false, drainRequested: false },
    ]);
    store.load(LEASES, [
      { key: KEY, advertisedMs: 0, availability: 'Unknown', stateSinceMs: 0, lastSequence: 0 },
    ]);
    const plane = await TestPlane.start({
      modules: [HeartbeatsModule],
      store,
      overrides: [[IntervalPolicy, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5)]],
    });
    return new HeartbeatsFixture(plane, store);
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
    const fixture = await HeartbeatsFixture.registered();
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
