import { Injectable } from '@nestjs/common';

/** One condition of readiness, which its owner switches. */
export interface ReadinessTarget {
  readonly name: string;
  ready(): void;
  notReady(): void;
}

/** Ready once Nest has run every bootstrap hook; not ready again from the moment the app shuts down. */
export const BOOTSTRAP_TARGET = 'bootstrap';

/**
 * Whether the app takes work: a set of named states that plain healthz and readiness depend on. States are
 * switched by whoever knows, and never by running a check.
 */
@Injectable()
export class AvailabilityState {
  private readonly targets = new Map<string, boolean>([[BOOTSTRAP_TARGET, false]]);
  private readonly outboundTargets = new Map<string, boolean>();

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
  }

  /** Takes back what `refuse` said. */
  accept(reason = 'application'): void {
    this.targets.delete(reason);
  }

  /** Conditions of readiness that are not reached, in the order in which they were added. */
  notReady(): string[] {
    return unreached(this.targets);
  }

  /** Conditions of the outgoing side that are not reached. */
  outboundNotReady(): string[] {
    return unreached(this.outboundTargets);
  }

  private switchIn(targets: Map<string, boolean>, name: string): ReadinessTarget {
    if (!targets.has(name)) targets.set(name, false);
    return { name, ready: () => void targets.set(name, true), notReady: () => void targets.set(name, false) };
  }
}

function unreached(targets: ReadonlyMap<string, boolean>): string[] {
  return [...targets].filter(([, reached]) => !reached).map(([name]) => name);
}
