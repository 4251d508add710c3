import { ManualClock, RunningClock } from '@vitals/core/time';
import { SqliteFixture, type TestDatabase } from '../../test/sqlite-fixture.js';
import { SharedMemoryDatabase, SharedTables } from '../../test/shared.memory.database.js';
import { CHANGE_LOG } from './change.log.js';
import { Feed } from './feed.js';
import { Journal } from './journal.js';
import { PASSED_TIME, PassedTime } from './passed-time.js';

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
    const feed = new Feed();
    this.passed = new PassedTime(database, new Journal(clock, database, feed), clock, running, feed);
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

describe('PassedTime of several processes on one database', () => {
  let memory: SharedTables;
  let lives: SharedLife[];

  beforeEach(() => {
    memory = new SharedTables();
    lives = [];
  });

  /** One of the processes. */
  class SharedLife {
    readonly clock = new ManualClock(AT_MS);
    private readonly running = new RunningClock(this.clock);
    private readonly database = new SharedMemoryDatabase(memory);
    private readonly feed = new Feed({ number: this.changes });
    private readonly journal = new Journal(this.clock, this.database, this.feed);
    readonly passed = new PassedTime(this.database, this.journal, this.clock, this.running, this.feed);

    /** What was told by anybody, in milliseconds. */
    get told(): number {
      return this.database.rows(PASSED_TIME)[0]?.totalMs ?? 0;
    }

    get changes(): number {
      return this.database.rows(CHANGE_LOG).length;
    }

    run(ms: number): void {
      for (let left = ms; left > 0; left -= 200) {
        this.clock.jump(Math.min(200, left));
        this.running.nowMs();
      }
    }

    async settle(): Promise<void> {
      for (let turn = 0; turn < 5; turn++) await this.clock.advance(0);
      const followed = this.journal.follow();
      await this.clock.advance(0);
      await followed;
      for (let turn = 0; turn < 5; turn++) await this.clock.advance(0);
    }
  }

  const begin = async (): Promise<SharedLife> => {
    const life = new SharedLife();
    await life.passed.onModuleInit();
    lives.push(life);
    life.passed.onApplicationBootstrap();
    await settle();
    return life;
  };
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) for (const life of lives) await life.settle();
  };
  /** So long passes for all of them, and each writes every ten seconds. */
  const pass = async (seconds: number): Promise<void> => {
    for (let left = seconds; left > 0; left -= 10) {
      for (const life of lives) life.run(Math.min(10, left) * 1_000);
      for (const life of lives) void life.passed.write();
      await settle();
    }
  };
  const secondsOf = (life: SharedLife): number => Math.round(life.passed.nowMs() / 1_000);

  it('is the time of the one that is ahead, not the sum', async () => {
    const first = await begin();
    await pass(100);
    const second = await begin();
    await pass(100);
    expect([secondsOf(first), secondsOf(second), Math.round(first.told / 1_000)]).toEqual([200, 200, 200]);
  });

  it('is told by one of them at a time, and by another when that one has ended', async () => {
    const first = await begin();
    await begin();
    await pass(30);
    const before = first.changes;
    await pass(70);
    expect(first.changes - before).toBe(7);
    lives.shift();
    await pass(100);
    expect(Math.round((lives[0] as SharedLife).told / 1_000)).toBe(200);
  });

  it('begins where the others are, not where they were when they last wrote it', async () => {
    const first = await begin();
    await pass(50);
    first.run(9_000);
    const second = await begin();
    expect([secondsOf(first), secondsOf(second)]).toEqual([59, 59]);
  });

  it('catches up after a standstill that only one had, and is never put back', async () => {
    const [first, second] = [await begin(), await begin()];
    await pass(50);
    second.clock.jump(60_000);
    first.run(60_000);
    expect([secondsOf(first), secondsOf(second)]).toEqual([110, 50]);
    void second.passed.write();
    await settle();
    expect([secondsOf(first), secondsOf(second)]).toEqual([110, 110]);
  });

  it('says how far it may be behind: after a start or a standstill, until the others were heard', async () => {
    const life = await begin();
    expect(life.passed.maybeBehindMs()).toBe(20_000);
    await pass(30);
    expect(life.passed.maybeBehindMs()).toBe(0);
    life.clock.jump(5_000);
    expect(life.passed.maybeBehindMs()).toBe(4_950);
    await pass(30);
    expect(life.passed.maybeBehindMs()).toBe(0);
  });
});
