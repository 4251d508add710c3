import fc from 'fast-check';
import type { StoredCredentials } from '../database/change.js';
import { fromHashOn, hashToken } from '../security/token.js';
import { commitSuccessor, hasNeverUsedToken } from './provider.credentials.js';

type Mutable = { -readonly [Member in keyof StoredCredentials]: StoredCredentials[Member] };

const none: Mutable = { tokenHash: undefined, previousTokenHash: undefined };

describe('commitSuccessor', () => {
  it('keeps the last token used and three that were told since, and no more', async () => {
    const known: Mutable = { tokenHash: hashToken('t0'), previousTokenHash: undefined };
    for (let told = 1; told <= 6; told++)
      Object.assign(known, await commitSuccessor(known, `t${told}`, false, async () => undefined));
    const kept = ['t0', 't3', 't4', 't5'].map(hashToken).join(',');
    expect(known).toEqual({ tokenHash: hashToken('t6'), previousTokenHash: kept });
  });

  it('keeps none that was never used where it is replaced', async () => {
    const known = await commitSuccessor(undefined, 't1', true, async () => undefined);
    const next = await commitSuccessor(known, 't2', true, async () => undefined);
    expect([hasNeverUsedToken(next), fromHashOn(hashToken('t1'), next.previousTokenHash)]).toEqual([
      true,
      undefined,
    ]);
  });

  it('makes a first token durable, which is known to be unused until it is used', async () => {
    const written: StoredCredentials[] = [];
    const first = await commitSuccessor(undefined, 't1', false, async (tokens) => written.push(tokens));
    expect(written).toEqual([first]);
    expect([first.tokenHash, hasNeverUsedToken(first)]).toEqual([hashToken('t1'), true]);
    expect(hasNeverUsedToken({ ...first, previousTokenHash: undefined })).toBe(false);
  });

  it('writes again when the newest token is used for the first time while its successor is being written', async () => {
    const known: Mutable = { tokenHash: hashToken('t1'), previousTokenHash: hashToken('t0') };
    const written: StoredCredentials[] = [];
    const result = await commitSuccessor(known, 't2', false, async (credentials) => {
      written.push(credentials);
      known.previousTokenHash = undefined;
    });
    expect(written.map(({ previousTokenHash }) => previousTokenHash)).toEqual([
      `${hashToken('t0')},${hashToken('t1')}`,
      hashToken('t1'),
    ]);
    expect(result).toEqual({ tokenHash: hashToken('t2'), previousTokenHash: hashToken('t1') });
  });

  it('changes nothing when it cannot be written', async () => {
    const away = new Error('away');
    await expect(commitSuccessor(none, 't1', false, () => Promise.reject(away))).rejects.toBe(away);
  });

  it('never locks out a provider that uses any token it was told last or used last, whatever answers are lost', async () => {
    const rotations = fc.array(fc.record({ lost: fc.boolean(), usedMeanwhile: fc.boolean() }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(rotations, async (all) => {
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
          const next = await commitSuccessor(known, token, false, async () => void (usedMeanwhile && use()));
          Object.assign(known, next);
          if (!lost || held === undefined) held = token;
          use();
        }
      }),
    );
  });
});
