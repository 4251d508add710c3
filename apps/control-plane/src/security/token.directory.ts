import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { OrderedList } from '@vitals/core/order';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { changeKind } from '../database/change.js';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { integer, json, type Row, table, text } from '../database/table.js';
import { Pages } from '../http/list-page.js';
import { createToken, hashToken, type Identity, type Limited } from './caller.js';

/** The most tokens that are given out at a time; each is kept in memory. */
const MAX_TOKENS = 10_000;

/** Tokens that an administrator gave out. */
export const TOKENS = table('tokens', {
  id: text().key(),
  kind: text<'gateway' | 'read-only'>(),
  /** Whom a gateway may speak for: names, or beginnings of names that end in `*`. */
  names: json<readonly string[]>(),
  description: text(),
  hash: text(),
  /** Epoch milliseconds. */
  createdAtMs: integer('created_at'),
});

/** A token as it is kept. */
export type StoredToken = Row<typeof TOKENS>;

/** A token is given out. */
export const tokenGiven = changeKind<StoredToken>('token-given', {
  write: (transaction, token) => transaction.insert(TOKENS, [token]),
  keys: ({ id }) => [id],
});

/** A token has ended; nothing happens to one that had before. */
export const tokenRevoked = changeKind<{ readonly id: string }>('token-revoked', {
  write: (transaction, { id }) => transaction.remove(TOKENS, { id }),
  keys: ({ id }) => [id],
});

/** A token that was given out, and who shows it. */
export interface GivenToken extends Limited, StoredToken {
  readonly identity: Identity;
}

/** The tokens that an administrator gave out: to gateways, and to whoever only reads. */
@Injectable()
export class TokenDirectory implements OnModuleInit {
  private readonly byId = new OrderedList<GivenToken>(({ id }) => id);
  /** The same, to be read page by page. */
  readonly pages = new Pages(this.byId);
  private readonly revokedSubject = new Subject<GivenToken>();

  /** Tokens that have ended. Told after nobody can use them any more, in the same turn. */
  readonly revoked = this.revokedSubject.asObservable();

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    feed: Feed,
  ) {
    feed.on(tokenGiven, (token) => this.applyGiven(token));
    feed.on(tokenRevoked, ({ id }) => {
      const given = this.byId.remove(id);
      if (given) this.revokedSubject.next(given);
    });
  }

  async onModuleInit(): Promise<void> {
    const tokens = await this.database.select(TOKENS, { orderBy: ['createdAtMs'] });
    for (const token of tokens) this.applyGiven(token);
  }

  find(id: string): GivenToken | undefined {
    return this.byId.find(id);
  }

  /** Gives a token out; it is told here and never again. @throws VitalsError `store-unavailable`, `overloaded` */
  async give(
    about: Pick<StoredToken, 'kind' | 'names' | 'description'>,
  ): Promise<{ readonly given: GivenToken; readonly token: string }> {
    const id = randomUUID();
    const token = createToken(['t', id]);
    const hash = hashToken(token);
    await this.journal.commit(() => {
      if (this.byId.size >= MAX_TOKENS)
        throw new VitalsError('overloaded', `${MAX_TOKENS} tokens are given out; revoke some first`);
      return tokenGiven({ ...about, id, hash, createdAtMs: this.clock.wallMs() });
    });
    return { given: this.byId.find(id) as GivenToken, token };
  }

  /** Ends a token. @throws VitalsError `token-not-found`, `store-unavailable` */
  async revoke(id: string): Promise<void> {
    await this.journal.commit(() => {
      if (this.byId.find(id)) return tokenRevoked({ id });
      throw new VitalsError('token-not-found', `no token has the id ${JSON.stringify(id)}`);
    });
  }

  private applyGiven(token: StoredToken): void {
    const { kind, names } = token;
    const identity = kind === 'gateway' ? { kind, names } : { kind };
    this.byId.put({ ...token, nextRequestMs: 0, identity });
  }
}
