import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Abstract, type DynamicModule, Logger, Module, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test, type TestingModule } from '@nestjs/testing';
import type { ProbeResult, ProbeTarget } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { afterEachTest } from '../../../test/environment/after-each-test.js';
import { ClusterModule } from '../src/cluster/cluster.module.js';
import { createAdapter } from '../src/http/http.module.js';
import { Prober } from '../src/outbound/prober.js';
import { Database } from '../src/database/database.js';
import { DatabaseModule } from '../src/database/database.module.js';
import { prepareDatabasePath } from '../src/database/sqlite/database.path.js';
import { ProvidersModule } from '../src/providers/providers.module.js';
import { SecurityModule } from '../src/security/security.module.js';
import { readSettings } from '../src/settings/read-settings.js';
import { Settings } from '../src/settings/settings.js';
import { SettingsModule } from '../src/settings/settings.module.js';

type Token<T> = Type<T> | Abstract<T>;

/** A module of a feature, as a class or as what it makes of the settings. */
type FeatureModule = Type | DynamicModule | { forRoot(settings: Settings): DynamicModule };

/** What differs from a control plane that stands alone with an empty database in memory. */
export interface PlaneOptions {
  /** The features that it consists of, besides settings, database, security and providers. */
  readonly modules?: readonly FeatureModule[];
  readonly clock?: ManualClock;
  /** Whether the database is a file, of which `afterPowerLoss` takes a copy. */
  readonly onDisk?: boolean;
  /** In place of the database. */
  readonly store?: Database;
  /** What a look at a target finds; success unless it says otherwise. Never rejects. */
  readonly probe?: (target: ProbeTarget) => Promise<ProbeResult>;
  /** As in the environment of the process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings in place of those of the environment; of a group, those that are named. */
  readonly settings?: { readonly [Name in keyof Settings]?: Settings[Name] | Partial<Settings[Name]> };
  /** What none of the modules provides. */
  readonly providers?: readonly Provider[];
  /** Values in place of providers. */
  readonly overrides?: readonly (readonly [Token<unknown>, unknown])[];
}

/** What none of the modules of a plane provides. */
@Module({})
class MissingModule {}

const open = new Set<TestPlane>();

afterEachTest(async () => {
  for (const plane of open) await plane.close();
});

/**
 * The real modules of the control plane, wired by Nest, without HTTP: only its clock, its database, its prober and its
 * settings are its own. No interval runs by itself: time passes when a test says so. It is closed after its test.
 */
export class TestPlane {
  private constructor(
    private readonly app: TestingModule,
    private readonly options: PlaneOptions,
    readonly clock: ManualClock,
    private readonly folder: string | undefined,
  ) {
    open.add(this);
  }

  /** A plane after its boot. */
  static async start(options: PlaneOptions): Promise<TestPlane> {
    const plane = await TestPlane.build(options);
    await plane.begin();
    return plane;
  }

  /** A plane before its boot: nothing is read, and nothing runs. */
  static build(options: PlaneOptions): Promise<TestPlane> {
    return TestPlane.buildIn(
      options.onDisk ? mkdtempSync(join(tmpdir(), 'vitals-plane-')) : undefined,
      options,
    );
  }

  private static async buildIn(folder: string | undefined, options: PlaneOptions): Promise<TestPlane> {
    const { clock = new ManualClock(), modules = [], providers = [] } = options;
    const missing = [...providers];
    const path = folder === undefined ? ':memory:' : databaseIn(folder);
    await prepareDatabasePath(path);
    const settings = settingsOf(options, path);
    const builder = Test.createTestingModule({
      imports: [
        SettingsModule.forRoot(settings, clock),
        DatabaseModule,
        ClusterModule.forRoot(settings),
        SecurityModule,
        ProvidersModule,
        { module: MissingModule, global: true, providers: missing, exports: missing },
        ...modules.map((module) => imported(module, settings)),
      ],
    });
    const probe =
      options.probe ?? (() => Promise.resolve({ outcome: 'success', message: 'it answered', durationMs: 3 }));
    builder.overrideProvider(Prober).useValue({ probe });
    builder.overrideProvider(HttpAdapterHost).useValue({ httpAdapter: createAdapter() });
    if (options.store) builder.overrideProvider(Database).useValue(options.store);
    for (const [token, value] of options.overrides ?? []) builder.overrideProvider(token).useValue(value);
    const app = await builder.compile();
    Logger.overrideLogger(false);
    return new TestPlane(app, options, clock, folder);
  }

  /** Boots what was built. */
  async begin(): Promise<void> {
    await this.done(this.app.init());
    const intervals = this.has(SchedulerRegistry) ? this.get(SchedulerRegistry) : undefined;
    for (const name of intervals?.getIntervals() ?? []) intervals?.deleteInterval(name);
  }

  /** A provider of any of the modules. */
  get<T>(token: Token<T>): T {
    return this.app.get<T>(token, { strict: false });
  }

  /** Waits for work that needs files or the database, and for what is due now; time stands still. */
  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = (): void => void (ended = true);
    work.then(mark, mark);
    while (!ended) {
      await this.clock.advance(0);
      await new Promise((resume) => setImmediate(resume));
    }
    return work;
  }

  /** Another plane of the same modules on a copy of what lies on disk by now, after its boot. This one stays open. */
  async afterPowerLoss(more: Partial<PlaneOptions> = {}): Promise<TestPlane> {
    const folder = mkdtempSync(join(tmpdir(), 'vitals-plane-'));
    const [from, to] = [databaseIn(this.folder as string), databaseIn(folder)];
    for (const suffix of ['', '-wal'])
      if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
    const plane = await TestPlane.buildIn(folder, { ...this.options, clock: this.clock, ...more });
    await plane.begin();
    return plane;
  }

  async close(): Promise<void> {
    if (!open.delete(this)) return;
    await this.done(this.app.close());
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true });
  }

  private has(token: Token<unknown>): boolean {
    try {
      return this.get(token) !== undefined;
    } catch {
      return false;
    }
  }
}

function databaseIn(folder: string): string {
  return join(folder, 'vitals.db');
}

function settingsOf({ environment, settings = {} }: PlaneOptions, path: string): Settings {
  const read = readSettings({ DATABASE_URL: `sqlite:${path}`, ...environment });
  const merged = Object.entries(settings).map(([name, value]) => {
    const group: unknown = read[name as keyof Settings];
    return [name, isGroup(group) && isGroup(value) ? { ...group, ...value } : value];
  });
  return Object.assign(read, Object.fromEntries(merged));
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A module, or what it makes of the settings. */
function imported(module: FeatureModule, settings: Settings): Type | DynamicModule {
  return 'forRoot' in module ? module.forRoot(settings) : module;
}
