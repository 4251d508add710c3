import fc from 'fast-check';
import type { StoredCredentials } from '../persistence/change.js';
import { hashToken } from '../security/token.js';
import { commitSuccessor, hasNeverUsedToken } from './provider.credentials.js';

type Mutable = { -readonly [Member in keyof StoredCredentials]: StoredCredentials[Member] };

const none: Mutable = { tokenHash: undefined, previousTokenHash: undefined };

describe('commitSuccessor', () => {
  it('makes a first token durable, which is known to be unused until it is used', async () => {
    const written: StoredCredentials[] = [];
    const first = await commitSuccessor(undefined, 't1', async (tokens) => written.push(tokens));
    expect(written).toEqual([first]);
    expect([first.tokenHash, hasNeverUsedToken(first)]).toEqual([hashToken('t1'), true]);
    expect(hasNeverUsedToken({ ...first, previousTokenHash: undefined })).toBe(false);
  });

  it('writes again when the newest token is used for the first time while its successor is being written', async () => {
    const known: Mutable = { tokenHash: hashToken('t1'), previousTokenHash: hashToken('t0') };
    const written: StoredCredentials[] = [];
    const result = await commitSuccessor(known, 't2', async (credentials) => {
      written.push(credentials);
      known.previousTokenHash = undefined;
    });
    expect(written.map(({ previousTokenHash }) => previousTokenHash)).toEqual([
      hashToken('t0'),
      hashToken('t1'),
    ]);
    expect(result).toEqual({ tokenHash: hashToken('t2'), previousTokenHash: hashToken('t1') });
  });

  it('changes nothing when it cannot be written', async () => {
    const away = new Error('away');
    await expect(commitSuccessor(none, 't1', () => Promise.reject(away))).rejects.toBe(away);
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
          expect([known.tokenHash, known.previousTokenHash]).toContain(hash);
          if (hash === known.tokenHash) known.previousTokenHash = undefined;
        };
        for (const [index, { lost, usedMeanwhile }] of all.entries()) {
          const token = `t${index}`;
          const next = await commitSuccessor(known, token, async () => void (usedMeanwhile && use()));
          Object.assign(known, next);
          if (!lost || held === undefined) held = token;
          use();
        }
      }),
    );
  });
});
