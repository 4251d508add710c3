import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendTo } from './control-plane.js';
import { ControlPlaneProcess } from './control-plane-process.js';
import { CheckedService, Everything, type Told } from './everything-buffered.js';

/** A control plane in a process, on a file of its own, that is to end; and a service that it looks at. */
export class Life {
  plane!: ControlPlaneProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'vitals-shutdown-'));
  private path = join(this.folder, 'vitals.db');

  private constructor(readonly service: CheckedService) {}

  /** Nothing of it is shared: any number of them may be lived at once. */
  static async lived(test: (life: Life) => Promise<void>): Promise<void> {
    const life = new Life(await CheckedService.start());
    try {
      await test(life);
    } finally {
      life.service.stop();
      await life.plane?.kill();
      rmSync(life.folder, { recursive: true, force: true });
    }
  }

  get database(): { readonly DATABASE_URL: string } {
    return { DATABASE_URL: `sqlite:${this.path}` };
  }

  get url(): string {
    return this.plane.url;
  }

  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    this.plane = await ControlPlaneProcess.start({ ...this.database, ...environment });
  }

  /** Has it buffer everything, and returns what it tells of that. */
  buffered(): Promise<Told> {
    return Everything.buffered(this.url, this.service);
  }

  ask(path: string): ReturnType<typeof sendTo> {
    return sendTo(this.url, 'GET', path);
  }

  /** Starts again on nothing but a copy of the main file, and compares with what was told before. */
  async expectEverythingIn(told: Told): Promise<void> {
    expect(this.plane.output).not.toMatch(/not open|LOST|"level":"error"/);
    expect(statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    copyFileSync(this.path, join(this.folder, 'copy.db'));
    this.path = join(this.folder, 'copy.db');
    await this.start();
    const everything = new Everything(this.url, told.reservation);
    const found = await everything.told();
    expect(found.transitions.slice(0, told.transitions.length)).toEqual(told.transitions);
    expect(found.results).toEqual(expect.arrayContaining([...told.results]));
    expect(found.streak.since).toBe(told.streak.since);
    expect(found.streak.failures).toBeGreaterThanOrEqual(told.streak.failures);
    expect(Date.parse(found.heardAt)).toBeGreaterThanOrEqual(Date.parse(told.heardAt));
    expect(found.reservation).toBe(told.reservation);
    const successes = told.results.filter(({ outcome }) => outcome === 'success').length;
    // of the check that falls one result was a success
    expect(await everything.counted()).toBeGreaterThanOrEqual(successes - 1);
  }
}
