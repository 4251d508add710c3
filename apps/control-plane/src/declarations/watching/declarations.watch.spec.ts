import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger, type LoggerService } from '@nestjs/common';
import { DeclarationsFixture, type Document, ttl } from '../../../test/declarations-fixture.js';
import { away } from '../../../test/fake.store.js';
import { readSettings } from '../../settings/read-settings.js';
import { DeclarationsWatch } from './declarations.watch.js';

const folders: string[] = [];

/** A file in a folder of its own, and who watches it. */
class Watched extends DeclarationsFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  readonly path: string;
  readonly watch: DeclarationsWatch;
  readonly told: string[] = [];

  constructor(path = 'vitals.yaml') {
    super();
    folders.push(this.folder);
    this.path = join(this.folder, path);
    const settings = readSettings({ VITALS_DECLARATIONS: this.path });
    this.watch = new DeclarationsWatch(this.service, this.clock, settings);
    const note = (message: string): void => void this.told.push(message.replaceAll(this.folder, ''));
    const logger = { log: note, warn: note, error: note } as LoggerService;
    Object.assign(this.watch, { logger });
  }

  write(content: Document | string): void {
    writeFileSync(this.path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** As the application starts. */
  async start(): Promise<void> {
    await this.done(this.watch.onModuleInit());
    await this.done(this.watch.onApplicationBootstrap());
    this.told.length = 0;
  }

  /** Two looks: a file is taken when it is found the same twice. */
  async look(times = 2): Promise<void> {
    for (let looks = 0; looks < times; looks++) await this.done(this.watch.look());
  }

  get ids(): string {
    return [...this.checks.all()].map(({ id }) => id).join(' ');
  }

  get health(): string {
    const { state, reason } = this.watch.check();
    return reason === undefined ? state : `${state}: ${reason}`;
  }
}

const checks = (...ids: string[]): Document => ({ checks: ids.map((id) => ttl(id)) });

let watched: Watched;

beforeEach(() => (watched = new Watched()));
afterEach(async () => {
  await watched.watch.beforeApplicationShutdown();
});
afterAll(() => {
  Logger.overrideLogger(false);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('DeclarationsWatch at the start', () => {
  it('applies the file before it has started', async () => {
    watched.write(checks('a', 'b'));
    await watched.start();
    expect([watched.ids, watched.health]).toEqual(['a b', 'UP']);
  });

  it.each([
    ['that is not there', undefined, /there is no such file; put it there, or name another$/],
    ['that is wrong, with all faults', '{\n"checks": [1],\n"x": 2 }', /:3:1: \/x: [^]*:2:12: \/checks\/0/],
    ['that is no YAML', 'checks: [', /vitals\.yaml:\d:\d+: cannot be read as YAML/],
  ])('refuses a file %s', async (_what, content, expected) => {
    if (content !== undefined) watched.write(content);
    await expect(watched.done(watched.watch.onModuleInit())).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringMatching(expected),
    });
  });

  it('refuses a folder', async () => {
    mkdirSync(watched.path);
    await expect(watched.done(watched.watch.onModuleInit())).rejects.toThrow('is no file; name one');
  });

  it('refuses the id of a check that others defined', async () => {
    watched.write(checks('a'));
    await watched.apply(checks('a'));
    const { definition } = watched.checks.get('a');
    await watched.apply(checks());
    await watched.done(watched.checkService.define(definition, 'api'));
    await watched.done(watched.watch.onModuleInit());
    await expect(watched.done(watched.watch.onApplicationBootstrap())).rejects.toThrow(
      /a was defined through the API/,
    );
  });

  it('starts although the store is away, and applies the file when it is back', async () => {
    watched.write(checks('a'));
    watched.store.failures.push(away());
    await watched.start();
    expect([watched.ids, watched.health]).toEqual(['', expect.stringContaining('DOWN')]);
    await watched.look(1);
    expect([watched.ids, watched.health]).toEqual(['a', 'UP']);
  });
});

describe('DeclarationsWatch while it runs', () => {
  beforeEach(async () => {
    watched.write(checks('a'));
    await watched.start();
  });

  it('applies a change by itself, as time goes by', async () => {
    watched.write(checks('b'));
    for (let looks = 0; watched.ids !== 'b' && looks < 1_000; looks++) {
      await watched.clock.advance(2_000);
      await watched.done(watched.watch.look());
    }
    expect(watched.ids).toBe('b');
  });

  it('waits until a file is the same for two looks: it may be half written', async () => {
    watched.write('checks: []');
    await watched.look(1);
    expect(watched.ids).toBe('a');
    watched.write(checks('a', 'b'));
    await watched.look(1);
    expect(watched.ids).toBe('a');
    await watched.look(1);
    expect(watched.ids).toBe('a b');
  });

  it('follows an editor that puts another file in its place', async () => {
    renameSync(watched.path, `${watched.path}~`);
    await watched.look(1);
    watched.write(checks('b'));
    await watched.look();
    expect([watched.ids, watched.health, watched.told]).toEqual([
      'b',
      'UP',
      [expect.stringContaining('1 new')],
    ]);
  });

  it('keeps what is applied while the file is wrong, says so once, and goes on when it is mended', async () => {
    watched.write('checks: [{ id: b, type: ttl }, { id: b }]');
    await watched.look(6);
    expect([watched.ids, watched.health]).toEqual([
      'a',
      expect.stringMatching(/^DOWN: the file is not applied, \d faults?; the log says which$/),
    ]);
    expect(watched.told).toEqual([expect.stringMatching(/\/vitals\.yaml:1:\d+: \/checks\/1\/type: /)]);
    watched.write(checks('a'));
    await watched.look();
    expect([watched.ids, watched.health, watched.told[1]]).toEqual([
      'a',
      'UP',
      '/vitals.yaml is again as it is applied',
    ]);
  });

  it('removes nothing when the file is gone or empty', async () => {
    watched.write('');
    await watched.look();
    expect([watched.ids, watched.health]).toEqual(['a', expect.stringContaining('DOWN')]);
    rmSync(watched.path);
    await watched.look(4);
    expect([watched.ids, watched.told.length]).toEqual(['a', 2]);
    watched.write(checks('a'));
    await watched.look();
    expect(watched.health).toBe('UP');
  });

  it('tries again what the store could not take', async () => {
    watched.write(checks('b', 'c'));
    watched.store.failures.push(undefined, away(), away());
    await watched.look(3);
    expect(watched.health).toContain('DOWN');
    await watched.look(2);
    expect([watched.ids, watched.health]).toEqual(['b c', 'UP']);
    expect(watched.told[0]).toContain('as soon as it can be');
  });

  it('tries again now and then what others stand in the way of', async () => {
    const { definition } = watched.checks.get('a');
    await watched.done(watched.checkService.define({ ...definition, id: 'b' }, 'api'));
    watched.write(checks('a', 'b', 'c'));
    await watched.look(2);
    expect([watched.ids, watched.health]).toEqual(['a b', expect.stringContaining('DOWN')]);
    await watched.done(watched.checkService.remove('b', 'api'));
    await watched.look(20);
    expect([watched.ids, watched.health]).toEqual(['a b c', 'UP']);
  });

  it('writes nothing for a file that was only touched', async () => {
    const commits = watched.store.commits.length;
    watched.write(checks('a'));
    await watched.look(4);
    expect([watched.store.commits.length, watched.told]).toEqual([commits, []]);
  });

  it('stops looking when the application ends', async () => {
    await watched.done(watched.watch.beforeApplicationShutdown());
    watched.write(checks('b'));
    await watched.clock.advance(60_000);
    await watched.done(Promise.resolve());
    expect(watched.ids).toBe('a');
  });
});

describe('DeclarationsWatch of a ConfigMap', () => {
  it('follows the link that Kubernetes puts in place of another', async () => {
    watched = new Watched('vitals.yaml');
    const publish = (version: string, document: Document): void => {
      mkdirSync(join(watched.folder, version));
      writeFileSync(join(watched.folder, version, 'vitals.yaml'), JSON.stringify(document));
      symlinkSync(version, join(watched.folder, '..data_tmp'));
      renameSync(join(watched.folder, '..data_tmp'), join(watched.folder, '..data'));
    };
    publish('..1', checks('a'));
    symlinkSync(join('..data', 'vitals.yaml'), watched.path);
    await watched.start();
    publish('..2', checks('b'));
    rmSync(join(watched.folder, '..1'), { recursive: true });
    await watched.look();
    expect(watched.ids).toBe('b');
  });
});
