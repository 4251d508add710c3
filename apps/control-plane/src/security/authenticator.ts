import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { map, type Observable } from 'rxjs';
import { Settings } from '../settings/settings.js';
import { assertOwnPage } from './browser.guard.js';
import {
  CredentialHolders,
  fromHashOn,
  hashToken,
  type Identity,
  isSameHash,
  type Limited,
  subjectOf,
} from './caller.js';
import { TokenDirectory } from './token.directory.js';

const ANONYMOUS: Identity = { kind: 'anonymous' };
const VISITOR: Identity = { kind: 'visitor' };

/** The access of calls of the registry. */
const REGISTRY: ReadonlySet<string> = new Set(['lookup', 'discover', 'serve', 'register-service']);

/** The rounding error of many additions of a fraction. */
const ROUNDING_MS = 1e-6;

/** A token of the settings, and who shows it. */
interface Configured extends Limited {
  readonly hash: string;
  readonly identity: Identity;
}

/** Why a token is refused that is not known: one that was just given out may be known elsewhere. */
export class UnknownToken extends VitalsError {
  constructor() {
    super('unauthenticated', 'this token is not known, or was replaced by another');
  }
}

/** Identifies who asks, by the token that is shown, and limits the rate of their requests. */
@Injectable()
export class Authenticator {
  /** Whether a token is asked for at all. */
  readonly enabled: boolean;
  /**
   * The identity of each token that is revoked: the object that `identify` returned for it. Whatever such a token
   * opened for longer than a request has to end then. Providers change their tokens, and open nothing that lasts.
   */
  readonly ended: Observable<Identity>;
  private readonly openLookups: boolean;
  private readonly configured: readonly Configured[];
  private readonly limiter: RateLimiter;

  constructor(
    { security }: Settings,
    private readonly holders: CredentialHolders,
    private readonly tokens: TokenDirectory,
    clock: Clock,
  ) {
    this.enabled = security.adminToken !== undefined;
    this.openLookups = security.openLookups;
    this.ended = tokens.revoked.pipe(map(({ identity }) => identity));
    this.configured = [
      ...configure(security.adminToken, { kind: 'admin' }),
      ...configure(security.registrationToken, { kind: 'registration' }),
    ];
    this.limiter = new RateLimiter(clock, security.ratePerSecond, security.rateBurst);
  }

  /**
   * Who sends these headers for something that is open to `access`: where lookups are open, they need no token.
   * @throws VitalsError as `identify`, and `origin-not-allowed` for the page of somebody else that has no token
   */
  identifyFor(access: string | undefined, headers: IncomingHttpHeaders): Identity {
    const ofRegistry = REGISTRY.has(access ?? '');
    // clients that have no token send the header empty
    const authorization = headers.authorization || (ofRegistry ? consulToken(headers) : undefined);
    const needsToken = access !== 'lookup' || !this.openLookups || authorization !== undefined;
    if (!this.enabled || needsToken) return this.identify(authorization);
    assertOwnPage(headers);
    return VISITOR;
  }

  /**
   * Who shows this header, which counts as one request of theirs.
   * @param authorization the header `Authorization`, as it came
   * @throws VitalsError `unauthenticated` without a token that is known, `rate-limited`
   */
  identify(authorization: string | undefined): Identity {
    if (!this.enabled) return ANONYMOUS;
    const token = readBearer(authorization);
    const hash = hashToken(token);
    const known = this.configured.find((one) => isSameHash(hash, one.hash));
    if (known) return this.count(known, known.identity);
    const [kind, subject = ''] = subjectOf(token) ?? [];
    return (
      (kind === 'p' ? this.identifyProvider(subject, hash) : this.identifyGiven(subject, hash)) ?? refuse()
    );
  }

  private identifyProvider(name: string, hash: string): Identity | undefined {
    const holder = this.holders.find(name);
    if (!holder) return undefined;
    const isNewest = isSameHash(hash, holder.tokenHash);
    const previous = isNewest ? undefined : fromHashOn(hash, holder.previousTokenHash);
    if (!isNewest && previous === undefined) return undefined;
    if (previous !== holder.previousTokenHash) this.holders.forgetTokensBefore(holder, previous);
    return this.count(holder, { kind: 'provider', name });
  }

  private identifyGiven(id: string, hash: string): Identity | undefined {
    const given = this.tokens.find(id);
    return given && isSameHash(hash, given.hash) ? this.count(given, given.identity) : undefined;
  }

  private count(limited: Limited, identity: Identity): Identity {
    if (this.limiter.allow(limited)) return identity;
    const who = identity.kind === 'provider' ? identity.name : `this ${identity.kind} token`;
    throw new VitalsError('rate-limited', `${who} sends too many requests; wait for the time in Retry-After`);
  }
}

function configure(token: string | undefined, identity: Identity): Configured[] {
  return token === undefined ? [] : [{ hash: hashToken(token), identity, nextRequestMs: 0 }];
}

function readBearer(authorization: string | undefined): string {
  const match = /^bearer +(\S+)$/i.exec(authorization ?? '');
  if (match) return match[1] as string;
  throw new VitalsError(
    'unauthenticated',
    authorization === undefined
      ? 'this needs a token: send the header "Authorization: Bearer <token>"'
      : 'the header Authorization must be "Bearer <token>"',
  );
}

/** Older clients of light-4j send the same value here (`HttpStringConstants.CONSUL_TOKEN`). */
function consulToken({ 'x-consul-token': token }: IncomingHttpHeaders): string | undefined {
  return token === undefined || token === '' ? undefined : String(token);
}

function refuse(): never {
  throw new UnknownToken();
}

/**
 * The generic cell rate algorithm (ITU-T I.371), which allows what a token bucket of the same rate and burst
 * allows: each request moves the time at which the allowance is whole again by 1/rate, and one that would move
 * it beyond the burst is refused, and costs nothing.
 */
export class RateLimiter {
  private readonly costMs: number;
  private readonly burstMs: number;

  /** @param perSecond requests per second; 0 for no limit */
  constructor(
    private readonly clock: Clock,
    perSecond: number,
    burst: number,
  ) {
    this.costMs = perSecond > 0 ? 1_000 / perSecond : 0;
    this.burstMs = this.costMs * burst;
  }

  /** Whether a request may be made now; if so, it is counted. */
  allow(limited: Limited): boolean {
    if (this.costMs === 0) return true;
    const nowMs = this.clock.monotonicMs();
    const nextMs = Math.max(nowMs, limited.nextRequestMs) + this.costMs;
    if (nextMs - nowMs > this.burstMs + ROUNDING_MS) return false;
    limited.nextRequestMs = nextMs;
    return true;
  }
}
