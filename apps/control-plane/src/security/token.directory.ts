import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import type { StoredToken } from '../persistence/change.js';
import { Journal } from '../persistence/journal.js';
import { RecoveredState } from '../persistence/recovered.state.js';
import type { Identity, Limited } from './identity.js';
import { createToken, hashToken } from './token.js';

/** The most tokens that are given out at a time; each is kept in memory. */
const MAX_TOKENS = 10_000;

/** A token that was given out, and who shows it. */
export interface GivenToken extends Limited, Omit<StoredToken, 'kind'> {
  readonly kind: StoredToken['kind'];
  readonly identity: Identity;
}

/** The tokens that an administrator gave out: to gateways, and to whoever only reads. */
@Injectable()
export class TokenDirectory implements OnModuleInit {
  private readonly byId = new Map<string, GivenToken>();
  private readonly revokedSubject = new Subject<GivenToken>();

  /** Tokens that have ended. Told after nobody can use them any more, in the same turn. */
  readonly revoked = this.revokedSubject.asObservable();

  constructor(
    private readonly recovered: RecoveredState,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { tokens } = await this.recovered.read();
    for (const token of tokens) this.byId.set(token.id, withIdentity(token));
  }

  find(id: string): GivenToken | undefined {
    return this.byId.get(id);
  }

  /** Tokens whose ids are behind `id`, by id. */
  after(id: string): GivenToken[] {
    return [...this.byId.values()]
      .filter((token) => token.id > id)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Gives a token out; it is told here and never again. @throws VitalsError `store-unavailable`, `overloaded` */
  async give(
    about: Pick<StoredToken, 'kind' | 'names' | 'description'>,
  ): Promise<{ readonly given: GivenToken; readonly token: string }> {
    if (this.byId.size >= MAX_TOKENS) {
      throw new VitalsError('overloaded', `${MAX_TOKENS} tokens are given out; revoke some first`);
    }
    const id = randomUUID();
    const token = createToken(['t', id]);
    const stored = { ...about, id, hash: hashToken(token), createdAtMs: this.clock.wallMs() };
    const given = withIdentity(stored);
    await this.journal.commit({ kind: 'token-given', token: stored });
    this.byId.set(id, given);
    return { given, token };
  }

  /** Ends a token. @throws VitalsError `token-not-found`, `store-unavailable` */
  async revoke(id: string): Promise<void> {
    const given = this.byId.get(id);
    if (!given) throw new VitalsError('token-not-found', `no token has the id ${JSON.stringify(id)}`);
    await this.journal.commit({ kind: 'token-revoked', id });
    if (this.byId.delete(id)) this.revokedSubject.next(given);
  }
}

function withIdentity(token: StoredToken): GivenToken {
  const { kind, names } = token;
  return { ...token, nextRequestMs: 0, identity: kind === 'gateway' ? { kind, names } : { kind } };
}
