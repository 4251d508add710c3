import { Injectable, Optional } from '@nestjs/common';
import { HealthEvents } from './health.events.js';

/** One condition of readiness, which its owner switches. */
export interface ReadinessTarget {
  readonly name: string;
  ready(): void;
  notReady(): void;
}

/** Ready once Nest has run every bootstrap hook. */
export const BOOTSTRAP_TARGET = 'bootstrap';

/** Not reached from the moment the app shuts down. */
export const SHUTDOWN_TARGET = 'shutdown';

/**
 * Whether the app takes work: a set of named states that plain healthz and readiness depend on. States are
 * switched by whoever knows, and never by running a check.
 */
@Injectable()
export class AvailabilityState {
  private readonly targets = new Map<string, boolean>([[BOOTSTRAP_TARGET, false]]);
  private readonly outboundTargets = new Map<string, boolean>();
  private unreached: readonly string[] = [BOOTSTRAP_TARGET];

  constructor(@Optional() private readonly events?: HealthEvents) {}

  /** Adds a condition of readiness, not reached yet; the same name gives the same condition. */
  target(name: string): ReadinessTarget {
    return this.switchIn(this.targets, name);
  }

  /** Adds a condition of the outgoing side (database, broker), asked at `healthz/outbound`. */
  outboundTarget(name: string): ReadinessTarget {
    return this.switchIn(this.outboundTargets, name);
  }

  /** The app takes no work until `accept` is called. */
  refuse(reason = 'application'): void {
    this.targets.set(reason, false);
    this.refresh();
  }

  /** Takes back what `refuse` said. */
  accept(reason = 'application'): void {
    this.targets.delete(reason);
    this.refresh();
  }

  /** Conditions of readiness that are not reached, in the order in which they were added. */
  notReady(): readonly string[] {
    return this.unreached;
  }

  /** Conditions of the outgoing side that are not reached. */
  outboundNotReady(): string[] {
    return unreachedOf(this.outboundTargets);
  }

  private switchIn(targets: Map<string, boolean>, name: string): ReadinessTarget {
    const turn = (reached: boolean) => (): void => {
      targets.set(name, reached);
      this.refresh();
    };
    if (!targets.has(name)) turn(false)();
    return { name, ready: turn(true), notReady: turn(false) };
  }

  private refresh(): void {
    const before = this.unreached;
    this.unreached = unreachedOf(this.targets);
    const same =
      before.length === this.unreached.length && before.every((name, at) => name === this.unreached[at]);
    if (same) return;
    this.events?.emit('availability', { ready: this.unreached.length === 0, notReady: this.unreached });
  }
}

function unreachedOf(targets: ReadonlyMap<string, boolean>): string[] {
  return [...targets].filter(([, reached]) => !reached).map(([name]) => name);
}
