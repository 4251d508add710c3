import { setImmediate as turn } from 'node:timers/promises';
import { pageTokenOf } from '@vitals/core/order';
import fc from 'fast-check';
import { idInPageToken, MAX_FORMED, PageText } from './list-page.js';

interface Body {
  readonly items: readonly object[];
  readonly next?: string;
}

describe('PageText', () => {
  it('ends before the item that would make it too long, and says the items as they were added', async () => {
    const items = fc.array(fc.record({ name: fc.string({ unit: 'grapheme' }), size: fc.nat() }));
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 500 }), async (all, maxBytes) => {
        const page = new PageText(maxBytes);
        const told = all.slice(0, await page.addUntilFull(all, (item) => item));
        const { body } = page.end<Body>('items', { next: 'x' });
        expect(JSON.parse((body as Buffer).toString())).toEqual({ items: told, next: 'x' });
        const bytesOf = (some: object[]): number =>
          Buffer.byteLength(some.map((one) => JSON.stringify(one)).join(',')) + 1;
        if (told.length > 1) expect(bytesOf(told)).toBeLessThanOrEqual(maxBytes);
        if (told.length < all.length)
          expect(bytesOf(all.slice(0, told.length + 1))).toBeGreaterThan(maxBytes);
      }),
    );
  });

  it('has one item however long it is: whoever goes on from page to page comes to an end', () => {
    const page = new PageText(10);
    expect([page.add({ name: 'x'.repeat(100) }), page.add({})]).toEqual([true, false]);
  });

  it('is formed when fewer than so many are: others wait in their order, also behind one that fails', async () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const asked = Array.from({ length: 2 * MAX_FORMED }, (_, at) =>
      PageText.form(async () => {
        begun.push(at);
        await new Promise<void>((end) => ends.push(end));
        if (at === 0) throw new Error('the store is away');
        return at;
      }).catch(() => 'failed'),
    );
    await turn();
    expect(begun).toHaveLength(MAX_FORMED);
    ends.shift()?.();
    await turn();
    expect(begun).toEqual(Array.from({ length: MAX_FORMED + 1 }, (_, at) => at));
    while (ends.length > 0) {
      ends.shift()?.();
      await turn();
    }
    expect(await Promise.all(asked)).toEqual(['failed', ...asked.map((_, at) => at).slice(1)]);
    expect(await PageText.form(() => Promise.resolve('formed'))).toBe('formed');
  });

  it('says nothing behind its items where there is nothing to say', () => {
    const { body } = new PageText().end<Body>('items', {});
    expect((body as Buffer).toString()).toBe('{"items":[]}');
  });
});

describe('A page token', () => {
  it.each(['a', 'shop|10.0.0.7:80', 'größe', '😀'])('of %s leads behind it', (id) => {
    expect(idInPageToken(pageTokenOf(id))).toBe(id);
  });

  it.each([
    ['of nothing', ''],
    ['of U+0000', pageTokenOf('\0')],
    ['of a text with U+0000', pageTokenOf('a\0b')],
    ['of half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]).toString('base64url')],
    ['with padding', 'YQ=='],
    ['of another alphabet', '$'],
  ])('%s is refused', (_what, token) => {
    expect(() => idInPageToken(token)).toThrow(/page_token: give the next_page_token/);
  });
});
