import { mkdirSync } from 'node:fs';
import { away } from '../../test/memory.database.js';
import { checks, WatchedFixture } from '../../test/checks/watched-fixture.js';

let watched: WatchedFixture;

beforeEach(async () => {
  watched = await WatchedFixture.build();
});
afterEach(() => watched.close());

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
    await expect(watched.done(watched.watch.onModuleInit())).rejects.toThrow('is not a file; name one');
  });

  it('refuses the id of a check that others defined', async () => {
    watched.write(checks('a'));
    await watched.apply(checks('a'));
    const { definition } = watched.checks.get('a');
    await watched.apply(checks());
    await watched.done(watched.checkService.define('a', () => definition, 'api'));
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
    await watched.poll(1);
    expect([watched.ids, watched.health]).toEqual(['a', 'UP']);
  });
});
