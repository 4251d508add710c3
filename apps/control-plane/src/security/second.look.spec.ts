import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { ManualClock } from '@vitals/core/time';
import { defer, lastValueFrom, type Observable, of, throwError } from 'rxjs';
import { ChangeFollower } from '../database/change.follower.js';
import type { Database } from '../database/database.js';
import type { Journal } from '../database/journal.js';
import { AccessGuard } from './access.guard.js';
import { type Authenticator, UnknownToken } from './authenticator.js';
import type { Identity } from './caller.js';
import { SecondLookInterceptor } from './second.look.interceptor.js';
import { MAX_WAIT_MS, SecondLook } from './second.look.js';

const ASKED = {
  switchToHttp: () => ({ getRequest: () => ({ headers: {} }) }),
  getHandler: () => () => undefined,
} as unknown as ExecutionContext;

const missing = new VitalsError('provider-not-registered', 'p is not registered');

describe('A copy that may be behind', () => {
  let clock: ManualClock;
  let reads: number;
  let read: () => Promise<void>;
  let known: Set<string>;

  beforeEach(() => {
    clock = new ManualClock();
    reads = 0;
    read = () => Promise.resolve();
    known = new Set();
  });

  const lookOf = (isShared = true): SecondLook => {
    const database = { isShared } as Database;
    const journal = {
      follow: () => {
        reads++;
        return read();
      },
    } as unknown as Journal;
    return new SecondLook(new ChangeFollower(journal, database, clock), database, clock);
  };

  /** A guard who knows the token `t` as soon as it was read. */
  const guardOf = (look: SecondLook): AccessGuard => {
    const identifyFor = (): Identity => {
      if (known.has('t')) return { kind: 'admin' };
      throw new UnknownToken();
    };
    return new AccessGuard({ identifyFor } as unknown as Authenticator, look);
  };

  /** What becomes of a handler that finds `p` as soon as it was read. */
  const handled = (look: SecondLook, refusal: () => Observable<unknown>): Promise<unknown> => {
    const next: CallHandler = { handle: () => defer(() => (known.has('p') ? of('p') : refusal())) };
    return lastValueFrom(new SecondLookInterceptor(look).intercept(ASKED, next));
  };

  it('lets in who shows a token that others gave out a moment ago', async () => {
    read = async () => void known.add('t');
    await expect(guardOf(lookOf()).canActivate(ASKED)).resolves.toBe(true);
    expect(reads).toBe(1);
  });

  it('finds what others registered a moment ago, and says of what nobody did that it is not there', async () => {
    const look = lookOf();
    const asked = handled(look, () => throwError(() => missing));
    await expect(asked).rejects.toBe(missing);
    read = async () => void known.add('p');
    const again = handled(look, () => throwError(() => missing));
    await clock.advance(50);
    await expect(again).resolves.toBe('p');
  });

  it('does not look twice for what has nothing to do with others', async () => {
    const look = lookOf();
    const wrong = new VitalsError('request-invalid', '/name: is required');
    for (const refusal of [wrong, new Error('broken'), new VitalsError('unauthenticated', 'send a token')])
      await expect(handled(look, () => throwError(() => refusal))).rejects.toBe(refusal);
    expect(reads).toBe(0);
  });

  it('refuses nobody while it cannot be known what is right', async () => {
    const away = new VitalsError('store-unavailable', 'the database cannot be reached; try again');
    read = () => Promise.reject(away);
    await expect(guardOf(lookOf()).canActivate(ASKED)).rejects.toBe(away);
    read = () => new Promise(() => undefined);
    const waited = guardOf(lookOf()).canActivate(ASKED) as Promise<boolean>;
    const outcome = expect(waited).rejects.toMatchObject({ code: 'store-unavailable' });
    await clock.advance(MAX_WAIT_MS);
    await outcome;
  });

  it('reads once for all who ask in one turn', async () => {
    const look = lookOf();
    await Promise.all(Array.from({ length: 1_000 }, () => look.caughtUp()));
    expect(reads).toBe(1);
  });

  it('makes no flood of reads of a flood of unknown tokens: at most one in 50 ms', async () => {
    const guard = guardOf(lookOf());
    let refused = 0;
    for (let ms = 0; ms < 1_000; ms++) {
      for (let count = 0; count < 10; count++)
        void (guard.canActivate(ASKED) as Promise<boolean>).catch((refusal: unknown) => {
          if (refusal instanceof UnknownToken) refused++;
        });
      await clock.advance(1);
    }
    await clock.advance(50);
    expect(refused).toBe(10_000);
    expect(reads).toBe(21);
  });

  it('judges once, in the same turn, where nobody shares the database', () => {
    const guard = guardOf(lookOf(false));
    expect(() => guard.canActivate(ASKED)).toThrow(UnknownToken);
    expect(reads).toBe(0);
  });
});
