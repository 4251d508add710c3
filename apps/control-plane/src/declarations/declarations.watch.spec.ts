import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../../test/checks/declarations-fixture.js';
import { away } from '../../test/memory.database.js';
import { checks, WatchedFixture } from '../../test/checks/watched-fixture.js';

let watched: WatchedFixture;

beforeEach(async () => {
  watched = await WatchedFixture.build();
});
afterEach(() => watched.close());

describe('DeclarationsWatch while it runs', () => {
  beforeEach(async () => {
    watched.write(checks('a'));
    await watched.start();
  });

  it('applies a change by itself, as time goes by', async () => {
    watched.write(checks('b'));
    for (let polls = 0; watched.ids !== 'b' && polls < 1_000; polls++) {
      await watched.clock.advance(2_000);
      await watched.done(watched.watch.poll());
    }
    expect(watched.ids).toBe('b');
  });

  it('waits until a file is the same for two polls: it may be half written', async () => {
    watched.write('checks: []');
    await watched.poll(1);
    expect(watched.ids).toBe('a');
    watched.write(checks('a', 'b'));
    await watched.poll(1);
    expect(watched.ids).toBe('a');
    await watched.poll(1);
    expect(watched.ids).toBe('a b');
  });

  it('follows an editor that puts another file in its place', async () => {
    renameSync(watched.path, `${watched.path}~`);
    await watched.poll(1);
    watched.write(checks('b'));
    await watched.poll();
    expect([watched.ids, watched.health, watched.told]).toEqual([
      'b',
      'UP',
      [expect.stringContaining('is applied: 1 check new, 0 changed, 1 check removed, 0 unchanged')],
    ]);
  });

  it('says of each kind how many there are', async () => {
    watched.write(
      'checks: [{ id: b, type: ttl }, { id: c, type: ttl }]\nproviders: [{ name: p, endpoint: "http://p", service_type: vm, schema_version: v1 }]',
    );
    await watched.poll();
    expect(watched.told).toEqual([
      expect.stringContaining('is applied: 2 checks and 1 provider new, 0 changed, 1 check removed'),
    ]);
  });

  it('keeps what is applied while the file is wrong, says so once, and goes on when it is mended', async () => {
    watched.write('checks: [{ id: b, type: ttl }, { id: b }]');
    await watched.poll(6);
    expect([watched.ids, watched.health]).toEqual([
      'a',
      expect.stringMatching(/^DOWN: the file is not applied, \d errors?, which "Declarations" has logged$/),
    ]);
    expect(watched.told).toEqual([expect.stringMatching(/\/vitals\.yaml:1:\d+: \/checks\/1\/type: /)]);
    watched.write(checks('a'));
    await watched.poll();
    expect([watched.ids, watched.health, watched.told[1]]).toEqual([
      'a',
      'UP',
      '/vitals.yaml is again as it is applied',
    ]);
  });

  it('removes nothing when the file is gone or empty', async () => {
    watched.write('');
    await watched.poll();
    expect([watched.ids, watched.health]).toEqual(['a', expect.stringContaining('DOWN')]);
    rmSync(watched.path);
    await watched.poll(4);
    expect([watched.ids, watched.told.length]).toEqual(['a', 2]);
    watched.write(checks('a'));
    await watched.poll();
    expect(watched.health).toBe('UP');
  });

  it('tries again what the store could not take', async () => {
    watched.write(checks('b', 'c'));
    watched.store.failures.push(undefined, away(), away());
    await watched.poll(3);
    expect(watched.health).toContain('DOWN');
    await watched.poll(2);
    expect([watched.ids, watched.health]).toEqual(['b c', 'UP']);
    expect(watched.told[0]).toContain('as soon as it can be');
  });

  it('tries again now and then what others stand in the way of', async () => {
    const { definition } = watched.checks.get('a');
    await watched.done(watched.checkService.define('b', () => ({ ...definition, id: 'b' }), 'api'));
    watched.write(checks('a', 'b', 'c'));
    await watched.poll(2);
    expect([watched.ids, watched.health]).toEqual(['a b', expect.stringContaining('DOWN')]);
    await watched.done(watched.checkService.remove('b', 'api'));
    await watched.poll(20);
    expect([watched.ids, watched.health]).toEqual(['a b c', 'UP']);
  });

  it('writes nothing for a file that was only touched', async () => {
    const commits = watched.store.attempts;
    watched.write(checks('a'));
    await watched.poll(4);
    expect([watched.store.attempts, watched.told]).toEqual([commits, []]);
    await watched.poll(4);
    expect([watched.store.attempts, watched.told]).toEqual([commits, []]);
  });

  it('stops looking when the application ends', async () => {
    await watched.done(watched.watch.stop());
    watched.write(checks('b'));
    await watched.clock.advance(60_000);
    await watched.done(Promise.resolve());
    expect(watched.ids).toBe('a');
  });
});

describe('DeclarationsWatch of a file that is being written', () => {
  it('applies no part of one that says how it ends, however long the writing takes', async () => {
    const whole = '# ends with ...\nchecks:\n  - { id: a, type: ttl }\n  - { id: b, type: ttl }\n...\n';
    watched.write(whole);
    await watched.start();
    for (const cut of [20, 30, 47, whole.length - 5, whole.length - 2]) {
      watched.write(whole.slice(0, cut));
      await watched.poll(4);
      expect([watched.ids, watched.health]).toEqual(['a b', expect.stringContaining('DOWN')]);
    }
    watched.write(whole);
    await watched.poll();
    expect(watched.health).toBe('UP');
  });

  it('reads it anew at the start when it has changed since it was read', async () => {
    watched.write(checks('a'));
    await watched.done(watched.watch.onModuleInit());
    watched.write(checks('a', 'b'));
    await watched.done(watched.watch.onApplicationBootstrap());
    expect(watched.ids).toBe('a b');
  });
});

describe('DeclarationsWatch of a ConfigMap', () => {
  it('follows the link that Kubernetes puts in place of another', async () => {
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
    await watched.poll();
    expect(watched.ids).toBe('b');
  });
});
