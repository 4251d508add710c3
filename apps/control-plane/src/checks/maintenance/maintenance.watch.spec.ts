import {
  advance,
  DEFAULT_CHECK_POLICY,
  type MaintenanceWindow,
  recoverCheck,
  startCheck,
} from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { TestPlane } from '../../../test/test-plane.js';
import { MassFailuresModule } from '../../mass-failures/mass-failures.module.js';
import { ServicesModule } from '../../services/services.module.js';
import { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckRecorder } from '../check.recorder.js';
import { ChecksModule } from '../checks.module.js';
import { MaintenanceWatch } from './maintenance.watch.js';

const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.UTC(2026, 10, 21);

/** Every day at 02:00 UTC for an hour. */
const NIGHTLY: MaintenanceWindow = {
  kind: 'cron',
  expression: '0 2 * * *',
  durationMs: HOUR_MS,
  timeZone: 'UTC',
};

/** The watch beside checks that do what it says, and write it down with the time of day. */
class Fixture {
  readonly clock = this.plane.clock;
  readonly directory = this.plane.get(CheckDirectory);
  readonly told: string[] = [];
  private readonly watch = this.plane.get(MaintenanceWatch);

  private constructor(private readonly plane: TestPlane) {}

  static async build(): Promise<Fixture> {
    const recorder = { onMaintenance: (check: Check, open: boolean): void => built.maintain(check, open) };
    const plane = await TestPlane.build({
      clock: new ManualClock(MIDNIGHT_MS),
      modules: [MassFailuresModule, ServicesModule, ChecksModule],
      overrides: [[CheckRecorder, recorder]],
    });
    const built = new Fixture(plane);
    return built;
  }

  get time(): string {
    return new Date(this.clock.wallMs()).toISOString().slice(11, 23);
  }

  add(id: string, maintenance: readonly MaintenanceWindow[], inMaintenance = false): Check {
    const fixed = { id, target: { kind: 'ttl' }, labels: {}, paused: false } as const;
    const definition = { ...DEFAULT_CHECK_POLICY, ...fixed, maintenance };
    const key = this.directory.nextKey();
    const progress = { verdict: 'Passing', successes: 1, failures: 0, failingForMs: undefined } as const;
    const recovered = { ...progress, inMaintenance, executeIntervalMs: 10_000 };
    const state = inMaintenance ? recoverCheck(recovered, definition, 0) : startCheck(definition, 0);
    const stored = { key, definition, source: 'api', serviceKey: undefined, createdAtMs: 0 } as const;
    const check = new Check(stored, undefined, { state, sinceMs: 0 });
    this.directory.add(check);
    return check;
  }

  define(check: Check, maintenance: readonly MaintenanceWindow[]): void {
    check.definition = { ...check.definition, maintenance };
    this.directory.noteChange(check, 'defined');
  }

  begin(): void {
    this.watch.onApplicationBootstrap();
  }

  private maintain(check: Check, open: boolean): void {
    const event = { kind: 'maintenance', open } as const;
    check.state = advance(check.state, event, this.clock.monotonicMs(), check.definition).state;
    this.told.push(`${check.id} ${open ? 'opens' : 'ends'} ${this.time}`);
    this.directory.noteChange(check, 'judged');
  }

  /** Time passes, and every second all are looked at, 300 ms after it began. */
  async run(forMs: number): Promise<void> {
    for (let leftMs = forMs; leftMs > 0; leftMs -= 1_000) {
      await this.clock.advance(300);
      this.watch.reviewAll();
      await this.clock.advance(700);
    }
  }
}

let fixture: Fixture;

beforeEach(async () => {
  fixture = await Fixture.build();
});

describe('MaintenanceWatch', () => {
  it('opens and ends a window to the millisecond, however seldom it looks', async () => {
    fixture.add('db', [NIGHTLY]);
    fixture.begin();
    fixture.clock.jump(2 * HOUR_MS - 2_000);
    await fixture.run(4_000);
    fixture.clock.jump(HOUR_MS - 5_000);
    await fixture.run(5_000);
    expect(fixture.told).toEqual(['db opens 02:00:00.000', 'db ends 03:00:00.000']);
  });

  it('tells nothing of checks without windows, nor twice of one that is open', async () => {
    fixture.add('web', []);
    fixture.add('db', [NIGHTLY, { kind: 'once', startMs: MIDNIGHT_MS, endMs: MIDNIGHT_MS + 3 * HOUR_MS }]);
    fixture.begin();
    fixture.clock.jump(2 * HOUR_MS);
    await fixture.run(3_000);
    expect(fixture.told).toEqual(['db opens 00:00:00.000']);
  });

  it('goes on after a restart in the middle of a window, and ends what ended meanwhile', () => {
    fixture.clock.jump(2.5 * HOUR_MS);
    fixture.add('still-open', [NIGHTLY], true);
    fixture.add('began-meanwhile', [NIGHTLY]);
    fixture.add('ended-meanwhile', [{ ...NIGHTLY, expression: '0 1 * * *' }], true);
    fixture.add('without', [], true);
    fixture.begin();
    expect(fixture.told).toEqual([
      'began-meanwhile opens 02:30:00.000',
      'ended-meanwhile ends 02:30:00.000',
      'without ends 02:30:00.000',
    ]);
  });

  it('looks at once at a check that is defined, or defined anew, and ends nothing of one that is gone', async () => {
    fixture.begin();
    fixture.clock.jump(2 * HOUR_MS);
    const check = fixture.add('db', [NIGHTLY]);
    await Promise.resolve();
    fixture.define(check, []);
    await Promise.resolve();
    fixture.define(check, [NIGHTLY]);
    fixture.directory.remove(check);
    await fixture.run(2_000);
    expect(fixture.told).toEqual(['db opens 02:00:00.000', 'db ends 02:00:00.000']);
  });

  it('lets a new window that opens within the second open in time', async () => {
    fixture.begin();
    fixture.clock.jump(2 * HOUR_MS - 100);
    fixture.add('db', [NIGHTLY]);
    await fixture.clock.advance(200);
    expect(fixture.told).toEqual(['db opens 02:00:00.000']);
  });

  it('tells others of a definition before it tells of its maintenance', async () => {
    fixture.begin();
    fixture.clock.jump(2 * HOUR_MS);
    const heard: string[] = [];
    fixture.directory.changed.subscribe(({ what }) => heard.push(what));
    fixture.add('db', [NIGHTLY]);
    await Promise.resolve();
    expect(heard).toEqual(['defined', 'judged']);
  });

  it('opens again what lost its state within a window', async () => {
    const check = fixture.add('db', [NIGHTLY]);
    fixture.clock.jump(2 * HOUR_MS);
    fixture.begin();
    check.begin(check.definition, startCheck(check.definition, fixture.clock.monotonicMs()), 0);
    await fixture.run(1_000);
    expect(fixture.told).toEqual(['db opens 02:00:00.000', 'db opens 02:00:00.300']);
  });

  it.each([
    ['forward into a window and on', [2.5, 9], ['db opens', 'db ends']],
    ['back out of a window', [2.5, 1], ['db opens', 'db ends']],
    ['back into a window', [5, 2.5], ['db opens']],
    ['back by a day, and forward by two', [2.5, -21.5, 26.5], ['db opens']],
  ])('follows the wall clock %s', async (_what, hours, expected) => {
    fixture.add('db', [NIGHTLY]);
    fixture.begin();
    for (const hour of hours) {
      fixture.clock.setWall(MIDNIGHT_MS + hour * HOUR_MS);
      await fixture.run(2_000);
    }
    expect(fixture.told.map((each) => each.slice(0, -13))).toEqual(expected);
  });

  it('goes on with the others when the time zone of one is unknown', () => {
    fixture.clock.jump(2 * HOUR_MS);
    fixture.add('renamed', [{ ...NIGHTLY, timeZone: 'Mars/Olympus' }]);
    fixture.add('db', [NIGHTLY]);
    fixture.begin();
    expect(fixture.told).toEqual(['db opens 02:00:00.000']);
  });
});
