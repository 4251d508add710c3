import fc from 'fast-check';
import { fromHashOn, hashToken } from '../security/caller.js';
import { hasNeverUsedToken, successorOf } from './provider.changes.js';
import type { StoredCredentials } from './provider.rows.js';

type Mutable = { -readonly [Member in keyof StoredCredentials]: StoredCredentials[Member] };

const none: Mutable = { tokenHash: undefined, previousTokenHash: undefined };

describe('successorOf', () => {
  it('keeps the last token used and three that were told since, and no more', () => {
    const known: Mutable = { tokenHash: hashToken('t0'), previousTokenHash: undefined };
    for (let told = 1; told <= 6; told++) Object.assign(known, successorOf(known, `t${told}`, false));
    const kept = ['t0', 't3', 't4', 't5'].map(hashToken).join(',');
    expect(known).toEqual({ tokenHash: hashToken('t6'), previousTokenHash: kept });
  });

  it('keeps none that was never used where it is replaced', () => {
    const known = successorOf(undefined, 't1', true);
    const next = successorOf(known, 't2', true);
    expect([hasNeverUsedToken(next), fromHashOn(hashToken('t1'), next.previousTokenHash)]).toEqual([
      true,
      undefined,
    ]);
  });

  it('knows of a first token that it was never used, until it is', () => {
    const first = successorOf(undefined, 't1', false);
    expect([first.tokenHash, hasNeverUsedToken(first)]).toEqual([hashToken('t1'), true]);
    expect(hasNeverUsedToken({ ...first, previousTokenHash: undefined })).toBe(false);
  });

  it('never locks out a provider that uses any token it was told last or used last, whatever answers are lost', () => {
    const rotations = fc.array(fc.record({ lost: fc.boolean(), usedMeanwhile: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(rotations, (all) => {
        const known = { ...none };
        let held: string | undefined;
        const use = (): void => {
          if (held === undefined) return;
          const hash = hashToken(held);
          const left = hash === known.tokenHash ? undefined : fromHashOn(hash, known.previousTokenHash);
          expect(hash === known.tokenHash || left !== undefined).toBe(true);
          known.previousTokenHash = left;
        };
        for (const [index, { lost, usedMeanwhile }] of all.entries()) {
          const token = `t${index}`;
          const next = successorOf(known, token, false);
          if (usedMeanwhile) use();
          Object.assign(known, next);
          // what was used while the successor was written is taken note of once more after it
          if (usedMeanwhile) use();
          if (!lost || held === undefined) held = token;
          use();
        }
      }),
    );
  });
});
