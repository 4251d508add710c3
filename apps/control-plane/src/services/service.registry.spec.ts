import { away } from '../../test/memory.database.js';
import { CHECK, checksDecided, nodeAt, RegistryFixture } from '../../test/registry-fixture.js';
import { MAX_SERVICES } from './service.registry.js';

let fixture: RegistryFixture;

beforeEach(() => (fixture = new RegistryFixture()));

describe('ServiceRegistry', () => {
  it('keeps a node that registers a thousand times as one, under its key, with what it said last', async () => {
    const all = Array.from({ length: 1_000 }, (_, count) =>
      fixture.registry.register(nodeAt(80, { name: `name ${count}` }), { onlyNew: false }),
    );
    expect(await fixture.done(Promise.all(all))).toBe('ok');
    expect([fixture.directory.size, fixture.directory.find('a:http:10.0.0.7:80')?.name]).toEqual([
      1,
      'name 999',
    ]);
    expect([fixture.stored, fixture.told]).toEqual([[1], ['a']]);
  });

  it('writes a node and its check together, the node first, and then changes memory and tells of it', async () => {
    const release = fixture.store.hold();
    const work = fixture.registry.register(nodeAt(80, { check: CHECK }), { onlyNew: false });
    await fixture.clock.advance(0);
    expect([fixture.written, fixture.known, fixture.checks.said, fixture.told]).toEqual([
      ['[service-registered check-noted]'],
      [],
      ['define 1'],
      [],
    ]);
    release();
    expect(await fixture.done(work)).toBe('ok');
    expect([fixture.known, fixture.checks.said.at(-1), fixture.told]).toEqual([
      [1],
      'define 1 applied',
      ['a'],
    ]);
  });

  it('forgets with the next registration that a node was critical, and shows it again', async () => {
    await fixture.register(nodeAt(80, { check: CHECK }));
    const service = fixture.directory.find('a:http:10.0.0.7:80');
    service!.critical = true;
    fixture.directory.noteChange(service!);
    await fixture.register(nodeAt(80, { check: CHECK }));
    expect([fixture.directory.find('a:http:10.0.0.7:80'), service?.critical]).toEqual([service, false]);
    expect([fixture.told, fixture.directory.lookup('a')]).toEqual([['a', 'a', 'a'], [service]]);
  });

  it('writes nothing and tells nobody of a node that says what it said before, with or without a check', async () => {
    for (const registration of [nodeAt(80, { check: CHECK, name: 'n' }), nodeAt(81)]) {
      await fixture.register(registration);
      fixture.checks.changesNothing = true;
      [fixture.written, fixture.told].forEach((list) => (list.length = 0));
      expect(await fixture.register(registration)).toBe('ok');
      expect([fixture.written, fixture.told]).toEqual([[], []]);
      await fixture.register({ ...registration, name: 'another' });
      expect([fixture.written, fixture.told]).toEqual([['service-registered'], []]);
      fixture.checks.changesNothing = false;
    }
  });

  it('removes a node with its check, or alone if it has none, and one that is unknown without writing', async () => {
    await fixture.register(nodeAt(80, { check: CHECK }));
    await fixture.register(nodeAt(81));
    fixture.written.length = 0;
    expect(await fixture.deregister(nodeAt(80))).toBe('ok');
    expect(await fixture.deregister(nodeAt(81))).toBe('ok');
    expect(await fixture.deregister(nodeAt(81))).toBe('ok');
    expect(await fixture.deregister(nodeAt(81, { tag: 'dev' }))).toBe('ok');
    expect([fixture.written, fixture.known]).toEqual([['check-noted', 'service-removed'], []]);
  });

  it('changes nothing in memory that cannot be written', async () => {
    fixture.store.failures.push(away());
    expect(await fixture.register(nodeAt(80, { check: CHECK }))).toBe('store-unavailable');
    expect([fixture.known, fixture.checks.said, fixture.told]).toEqual([[], ['define 1'], []]);
    await fixture.register(nodeAt(80, { check: CHECK }));
    fixture.store.failures.push(away());
    expect(await fixture.deregister(nodeAt(80))).toBe('store-unavailable');
    expect([fixture.known.length, fixture.checks.said.at(-1)]).toEqual([1, 'end 2']);
  });

  it('ends the check of a node that registers again without one, and writes the node after that', async () => {
    await fixture.register(nodeAt(80, { check: CHECK }));
    fixture.written.length = 0;
    // what ends a check is what its stage plans for a node without one
    fixture.checks.endsAlways = true;
    await fixture.register(nodeAt(80));
    expect([fixture.written, fixture.known]).toEqual([['[check-noted service-registered]'], [1]]);
    expect(fixture.directory.find('a:http:10.0.0.7:80')?.check).toBeUndefined();
  });

  it('registers nothing whose check is refused', async () => {
    fixture.checks.refusal = new Error('no such check');
    expect(await fixture.register(nodeAt(80, { check: CHECK }))).toBe('no such check');
    expect([fixture.known, fixture.written]).toEqual([[], []]);
  });

  it('lets whoever may only register new nodes register no other', async () => {
    expect(await fixture.register(nodeAt(80), true)).toBe('ok');
    expect(await fixture.register(nodeAt(80, { name: 'mine now' }), true)).toBe('forbidden');
    expect(fixture.directory.find('a:http:10.0.0.7:80')?.name).toBeUndefined();
  });

  it('refuses a node beyond the most that there may be, also those that are being written', async () => {
    Object.defineProperty(fixture.directory, 'size', { get: () => MAX_SERVICES - 2 + fixture.known.length });
    const release = fixture.store.hold();
    const all = [80, 81, 82].map((port) => fixture.register(nodeAt(port)));
    await fixture.clock.advance(0);
    release();
    await fixture.clock.advance(0);
    expect(await Promise.all(all)).toEqual(['ok', 'ok', 'overloaded']);
    expect([await fixture.register(nodeAt(80)), await fixture.register(nodeAt(83))]).toEqual([
      'ok',
      'overloaded',
    ]);
  });
});

describe('A node that two sides change at once', () => {
  it.each([0, 1, 2, 3, 4, 5])('is in memory what it is in the store (%d)', async (seed) => {
    const work = Array.from({ length: 40 }, (_, step) => {
      const registers = ((step * 7 + seed) * 5) % 3 > 0;
      return registers
        ? fixture.registry.register(nodeAt(80), { onlyNew: false })
        : fixture.registry.deregister(nodeAt(80));
    });
    expect(await fixture.done(Promise.all(work))).toBe('ok');
    expect(fixture.known).toEqual(fixture.stored);
  });

  it('is there, with its key, when it failed for too long while it registered again', async () => {
    await fixture.register(nodeAt(80, { check: CHECK }));
    const before = fixture.directory.find('a:http:10.0.0.7:80');
    const release = fixture.store.hold();
    const work = fixture.registry.register(nodeAt(80, { check: CHECK }), { onlyNew: false });
    await fixture.clock.advance(0);
    fixture.removeFailed(before!);
    release();
    expect(await fixture.done(work)).toBe('ok');
    const after = fixture.directory.find('a:http:10.0.0.7:80');
    expect([after === before, after?.key, after?.removed]).toEqual([false, before?.key, false]);
    expect([fixture.told, fixture.checks.said.at(-1)]).toEqual([['a', 'a', 'a'], 'define 1 applied']);
  });

  it('registers as new after a removal that is decided, but not durable before it', async () => {
    await fixture.register(nodeAt(80, { check: CHECK }));
    fixture.written.length = 0;
    const release = fixture.store.hold();
    const transition = { kind: 'service', subject: 'a:http:10.0.0.7:80', key: 7, progress: {} };
    const removed = { ...transition, from: 'Critical', to: 'Removed', cause: 'failed', atMs: 0 };
    fixture.journal.record(checksDecided, [removed as never]).catch(() => undefined);
    fixture.removeFailed(fixture.directory.find('a:http:10.0.0.7:80')!);
    const work = fixture.registry.register(nodeAt(80, { check: CHECK }), { onlyNew: true });
    await fixture.clock.advance(0);
    expect(fixture.written).toEqual(['checks-decided']);
    release();
    expect(await fixture.done(work)).toBe('ok');
    expect([fixture.written, fixture.known]).toEqual([
      ['checks-decided', '[service-registered check-noted]'],
      [2],
    ]);
  });
});
