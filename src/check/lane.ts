/** How many may be at work at once, and how many may wait. */
export interface LaneLimits {
  readonly overall: number;
  readonly perHost: number;
  readonly waiting: number;
}

interface Waiting {
  readonly host: string;
  readonly start: () => void;
}

interface Host {
  /** At work, or about to be. */
  busy: number;
  readonly parked: Fifo<Waiting>;
}

/**
 * Lets so many at a time begin, in the order of arrival, but passes over those whose host is busy enough. Each costs
 * O(1): it waits in line, at most once with its host, and when its host has room again it goes first.
 */
export class Lane {
  private readonly hosts = new Map<string, Host>();
  private readonly line = new Fifo<Waiting>();
  private readonly released = new Fifo<Waiting>();
  private busyCount = 0;
  private parkedCount = 0;

  constructor(private readonly limits: LaneLimits) {}

  /** How many are at work. */
  get running(): number {
    return this.busyCount;
  }

  /** How many wait. */
  get waiting(): number {
    return this.line.size + this.released.size + this.parkedCount;
  }

  /** Calls `start` as soon as there is room, perhaps at once; `leave` has to follow. False if too many wait. */
  enter(host: string, start: () => void): boolean {
    const isFull =
      this.busyCount >= this.limits.overall || (this.hosts.get(host)?.busy ?? 0) >= this.limits.perHost;
    if (isFull && this.waiting >= this.limits.waiting) return false;
    this.line.push({ host, start });
    this.fill();
    return true;
  }

  /** One of a host is done. */
  leave(name: string): void {
    this.busyCount--;
    const host = this.hosts.get(name);
    if (host) {
      const next = host.parked.shift();
      if (next) {
        // keeps the place at the host, and now waits for one in the lane
        this.parkedCount--;
        this.released.push(next);
      } else if (--host.busy === 0) this.hosts.delete(name);
    }
    this.fill();
  }

  private fill(): void {
    while (this.busyCount < this.limits.overall) {
      const next = this.released.shift() ?? this.nextInLine();
      if (!next) return;
      this.busyCount++;
      next.start();
    }
  }

  private nextInLine(): Waiting | undefined {
    for (let next = this.line.shift(); next; next = this.line.shift()) {
      const host = this.hostOf(next.host);
      if (host.busy < this.limits.perHost) {
        host.busy++;
        return next;
      }
      host.parked.push(next);
      this.parkedCount++;
    }
    return undefined;
  }

  private hostOf(name: string): Host {
    const known = this.hosts.get(name);
    if (known) return known;
    const host: Host = { busy: 0, parked: new Fifo() };
    this.hosts.set(name, host);
    return host;
  }
}

/** First in, first out; both ends cost O(1), amortised. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.head];
    if (this.head === this.items.length) return undefined;
    this.items[this.head++] = undefined;
    // half of it is empty: what is moved has been paid for by what was taken
    if (this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
