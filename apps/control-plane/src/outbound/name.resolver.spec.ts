import { ManualClock } from '@vitals/core/time';
import { dnsFault } from '../../test/outbound/fake.name-resolver.js';
import { CachedNameResolver, NameResolver, type ResolvedName } from './name.resolver.js';

/** Answers when it is told to. */
class HeldResolver extends NameResolver {
  readonly asked: string[] = [];
  private readonly open: { resolve: (answer: ResolvedName) => void; reject: (error: Error) => void }[] = [];

  resolve(name: string): Promise<ResolvedName> {
    this.asked.push(name);
    return new Promise((resolve, reject) => this.open.push({ resolve, reject }));
  }

  answer(address: string, ttlMs = 10_000): void {
    this.open.shift()?.resolve({ addresses: [address], ttlMs });
  }

  fail(code: string): void {
    this.open.shift()?.reject(dnsFault(code));
  }
}

function setUp(capacity?: number) {
  const clock = new ManualClock();
  const held = new HeldResolver();
  const names = new CachedNameResolver(held, clock, capacity);
  const ask = async (name = 'a.test') => (await names.resolve(name)).addresses[0];
  const known = async (address = '192.0.2.1', ttlMs = 10_000) => {
    const asked = ask();
    held.answer(address, ttlMs);
    await asked;
  };
  return { clock, held, ask, known };
}

describe('CachedNameResolver', () => {
  it('asks once for all who want to know at a time', async () => {
    const { held, ask } = setUp();
    const asked = [ask(), ask(), ask()];
    held.answer('192.0.2.1');
    expect(await Promise.all(asked)).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1']);
    expect(held.asked).toHaveLength(1);
  });

  it.each([
    ['for as long as it may be kept', 10_000, 10_000],
    ['for a second at least', 0, 1_000],
    ['for half a minute at most', 3_600_000, 30_000],
  ])('keeps an answer %s', async (_what, ttlMs, keptMs) => {
    const { clock, held, ask, known } = setUp();
    await known('192.0.2.1', ttlMs);
    await clock.advance(keptMs - 1);
    expect(await ask()).toBe('192.0.2.1');
    expect(held.asked).toHaveLength(1);
    await clock.advance(1);
    const asked = ask();
    held.answer('192.0.2.2');
    expect(await asked).toBe('192.0.2.2');
  });

  it.each(['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED', 'EAI_AGAIN'])(
    'gives the old answer for five minutes while DNS only says %s',
    async (code) => {
      const { clock, held, ask, known } = setUp();
      await known();
      await clock.advance(309_999);
      const stale = ask();
      held.fail(code);
      expect(await stale).toBe('192.0.2.1');
      await clock.advance(1);
      const failed = ask();
      held.fail(code);
      await expect(failed).rejects.toMatchObject({ code });
    },
  );

  it.each(['ENOTFOUND', 'ENODATA'])('forgets the old answer when DNS says %s', async (code) => {
    const { clock, held, ask, known } = setUp();
    await known();
    await clock.advance(10_000);
    for (const _ of [1, 2]) {
      const asked = ask();
      held.fail(code);
      await expect(asked).rejects.toMatchObject({ code });
    }
  });

  it('gives the old answer after half a second of waiting, and the new one when it is there', async () => {
    const { clock, held, ask, known } = setUp();
    await known();
    await clock.advance(10_000);
    const asked = ask();
    await clock.advance(500);
    expect(await asked).toBe('192.0.2.1');
    held.answer('192.0.2.2');
    await clock.settle();
    expect(await ask()).toBe('192.0.2.2');
    expect(held.asked).toHaveLength(2);
  });

  it('has nothing but the fault for a name that it does not know', async () => {
    const { held, ask } = setUp();
    const asked = ask();
    held.fail('ESERVFAIL');
    await expect(asked).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('keeps so many names, and lets the one go that was asked for longest ago', async () => {
    const { held, ask } = setUp(2);
    for (const name of ['a.test', 'b.test', 'c.test']) {
      const asked = ask(name);
      held.answer(name);
      await asked;
    }
    expect(await ask('b.test')).toBe('b.test');
    void ask('a.test');
    expect(held.asked).toEqual(['a.test', 'b.test', 'c.test', 'a.test']);
  });
});
