import { ManualClock, RunningClock } from '@vitals/core/time';
import { SqliteFixture, type TestDatabase } from '../../test/sqlite-fixture.js';
import { Feed } from './feed.js';
import { Journal } from './journal.js';
import { PassedTime } from './passed-time.js';

const DAY_MS = 86_400_000;
const AT_MS = Date.UTC(2026, 0, 1);

let files: SqliteFixture;

beforeEach(() => (files = new SqliteFixture()));
afterEach(() => files.close());

/** One life of a control plane. */
class Life {
  readonly clock: ManualClock;
  readonly running: RunningClock;
  readonly passed: PassedTime;

  private constructor(database: TestDatabase, wallMs: number) {
    const clock = (this.clock = new ManualClock(wallMs));
    const running = (this.running = new RunningClock(clock));
    this.passed = new PassedTime(database, new Journal(clock, database, new Feed()), clock, running);
  }

  static async begin(database: TestDatabase, wallMs: number): Promise<Life> {
    const life = new Life(database, wallMs);
    await life.passed.onModuleInit();
    return life;
  }

  run(ms: number): void {
    for (let left = ms; left > 0; left -= 200) {
      this.clock.jump(Math.min(200, left));
      this.running.nowMs();
    }
  }

  async write(): Promise<void> {
    const written = this.passed.write();
    await this.clock.advance(10);
    await written;
  }
}

describe('PassedTime', () => {
  it.each([-30, 0, 30, 3_650])(
    'goes on where it stood when the clock is %d days off after a restart',
    async (days) => {
      const first = await Life.begin(await files.opened(), AT_MS);
      first.run(60_000);
      await first.write();
      const second = await Life.begin(await files.openedAfterPowerLoss(), AT_MS + days * DAY_MS);
      expect(Math.round(second.passed.nowMs() / 100)).toBe(600);
      second.run(1_000);
      expect(Math.round(second.passed.nowMs() / 100)).toBe(610);
      expect(second.passed.at(second.passed.runningAt(12_345))).toBeCloseTo(12_345);
    },
  );

  it('counts no standstill of this process', async () => {
    const { clock, passed } = await Life.begin(await files.opened(), AT_MS);
    clock.jump(3_600_000);
    expect(passed.nowMs()).toBeLessThan(100);
  });

  it('shows a wall clock that goes no faster than running time, and follows one that is right', async () => {
    const first = await Life.begin(await files.opened(), AT_MS);
    first.run(60_000);
    expect(first.passed.shownWallMs()).toBe(AT_MS + 60_000);
    first.clock.setWall(AT_MS + 365 * DAY_MS);
    first.run(10_000);
    expect(first.passed.shownWallMs()).toBe(AT_MS + 70_000);
    await first.write();
    const ahead = await Life.begin(await files.openedAfterPowerLoss(), AT_MS + 365 * DAY_MS);
    expect(ahead.passed.shownWallMs() - AT_MS).toBeLessThan(71_000);
    ahead.clock.setWall(AT_MS - 30 * DAY_MS);
    expect(ahead.passed.shownWallMs()).toBe(AT_MS - 30 * DAY_MS);
  });
});
