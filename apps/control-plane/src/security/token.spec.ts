import fc from 'fast-check';
import { createToken, fromHashOn, hashToken, isSameHash, subjectOf } from './caller.js';

describe('createToken', () => {
  it('tells whom it is of, whatever dots a name has, and is never the same twice', () => {
    const names = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,40}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.constantFrom('p', 't'), names, (kind, name) => {
        const token = createToken([kind, name]);
        expect(subjectOf(token)).toEqual([kind, name]);
        expect(token).toMatch(/^[\x21-\x7e]+$/);
        expect(createToken([kind, name])).not.toBe(token);
      }),
    );
  });

  it('holds 256 random bits', () => {
    const secret = createToken(['p', 'vm-1']).split('.').at(-1) as string;
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });
});

describe('subjectOf', () => {
  it.each(['', 'v', 'vp', 'vp.', 'vp..', 'vq.a.b', 'xp.a.b', 'vpa.b', 'a-token-of-the-settings'])(
    'takes %j for no token that was made here',
    (text) => expect(subjectOf(text)?.[1] ?? '').toBe(''),
  );

  it('ends for any text at all', () => {
    fc.assert(fc.property(fc.string(), (text) => void subjectOf(text)));
  });
});

describe('fromHashOn', () => {
  it.each([
    ['a', 'a,b,c', 'a,b,c'],
    ['b', 'a,b,c', 'b,c'],
    ['c', 'a,b,c', 'c'],
    ['d', 'a,b,c', undefined],
    ['a', undefined, undefined],
    ['', '', ''],
  ])('%s of %s: %s', (hash, hashes, left) => expect(fromHashOn(hash, hashes)).toBe(left));
});

describe('isSameHash', () => {
  it('tells equal hashes from others, wherever they differ', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(43), (token, place) => {
        const hash = hashToken(token);
        const other = `${hash.slice(0, place)}${hash[place] === 'A' ? 'B' : 'A'}${hash.slice(place + 1)}`;
        expect([isSameHash(hash, hashToken(token)), isSameHash(hash, other)]).toEqual([true, false]);
      }),
    );
  });

  it('knows no token where there is none, and none that is cut short', () => {
    const hash = hashToken('a');
    expect([isSameHash(hash, undefined), isSameHash(hash, ''), isSameHash(hash, hash.slice(1))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('reads as much of a hash that differs at once as of one that differs at last', () => {
    const reads = (other: string): number => {
      let count = 0;
      const watched = {
        length: other.length,
        charCodeAt: (index: number) => (count++, other.charCodeAt(index)),
      };
      expect(isSameHash(hashToken('a'), watched as unknown as string)).toBe(false);
      return count;
    };
    const hash = hashToken('a');
    expect(reads(`!${hash.slice(1)}`)).toBe(hash.length);
    expect(reads(`${hash.slice(0, -1)}!`)).toBe(hash.length);
  });
});
