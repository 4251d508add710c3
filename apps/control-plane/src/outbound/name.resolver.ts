import type { Clock } from '@vitals/core/time';

/** The addresses of a name, in the order in which they are to be tried, and for how long they may be kept. */
export interface ResolvedName {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

/** Turns names into addresses. */
export abstract class NameResolver {
  /**
   * @param name in lower case, as a URL has it; no address
   * @throws NodeJS.ErrnoException with the code of `node:dns`: `ENOTFOUND` if there is no such name or it has no
   * address, any other if nobody could tell
   */
  abstract resolve(name: string): Promise<ResolvedName>;
}

/** Whether an error says for certain that a name has no address, not that nobody could tell. */
export function isNameAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EAI_NODATA' || code === 'EAI_NONAME';
}

/** Bounds of what the answer says of how long it may be kept, in milliseconds: a move must be seen soon. */
const MIN_TTL_MS = 1_000;
const MAX_TTL_MS = 30_000;

/** For how long an old answer is better than none, in milliseconds. */
const STALE_MS = 300_000;

/** How long a new answer is waited for where there is an old one, in milliseconds. */
const PATIENCE_MS = 500;

interface Known {
  readonly answer: ResolvedName;
  readonly freshUntilMs: number;
}

/**
 * Keeps answers for as long as they may be kept, at most 30 seconds, and asks for a name once at a time. While nobody
 * can tell, or takes longer than half a second, the answer of before counts for five minutes more, so that an outage
 * of DNS is not that of every target (RFC 8767); that a name is gone counts at once.
 */
export class CachedNameResolver extends NameResolver {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<ResolvedName>>();

  /** @param capacity how many names are kept; the one that was asked for longest ago goes first */
  constructor(
    private readonly resolver: NameResolver,
    private readonly clock: Clock,
    private readonly capacity = 20_000,
  ) {
    super();
  }

  resolve(name: string): Promise<ResolvedName> {
    const nowMs = this.clock.monotonicMs();
    const known = this.known.get(name);
    if (known && nowMs < known.freshUntilMs) return Promise.resolve(known.answer);
    const asked = this.asking.get(name) ?? this.ask(name);
    return known && nowMs < known.freshUntilMs + STALE_MS ? this.askedOr(asked, known.answer) : asked;
  }

  private ask(name: string): Promise<ResolvedName> {
    const asked = this.resolver.resolve(name);
    this.asking.set(name, asked);
    asked
      .then(
        (answer) => this.keep(name, answer),
        (error: unknown) => {
          if (isNameAbsent(error)) this.known.delete(name);
        },
      )
      .finally(() => this.asking.delete(name))
      .catch(() => undefined);
    return asked;
  }

  private askedOr(asked: Promise<ResolvedName>, old: ResolvedName): Promise<ResolvedName> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(PATIENCE_MS, () => resolve(old));
      asked
        .then(resolve, (error: unknown) => (isNameAbsent(error) ? reject(error as Error) : resolve(old)))
        .finally(cancel)
        .catch(() => undefined);
    });
  }

  private keep(name: string, answer: ResolvedName): void {
    const ttlMs = Math.min(MAX_TTL_MS, Math.max(MIN_TTL_MS, answer.ttlMs));
    this.known.delete(name);
    this.known.set(name, { answer, freshUntilMs: this.clock.monotonicMs() + ttlMs });
    const [oldest] = this.known.keys();
    if (this.known.size > this.capacity && oldest !== undefined) this.known.delete(oldest);
  }
}
