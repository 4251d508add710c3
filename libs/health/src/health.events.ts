import { Injectable, Logger } from '@nestjs/common';
import { type HealthState, Listeners } from '@vitals/core/health';
import { textOf } from './error-text.js';

/** A check whose state is another than before. */
export interface CheckChange {
  /** Identity of the check: `Provider#method`, or as declared. */
  readonly id: string;
  /** Its name on the wire. */
  readonly name: string;
  /** `undefined` if this is the first that is known of it. */
  readonly from: HealthState | undefined;
  readonly to: HealthState;
  /** Why it is not `UP`, redacted. */
  readonly reason: string | undefined;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** The app began or ceased to take work. */
export interface AvailabilityChange {
  readonly ready: boolean;
  /** Readiness targets that are not reached, by name. */
  readonly notReady: readonly string[];
}

/** Every event, by name. */
export interface HealthEventMap {
  /**
   * A check changed its state, or was not `UP` when it was first run: `UP`, `DOWN`, `UP` are exactly two.
   * A state that flap damping holds back is no change.
   */
  check: CheckChange;
  availability: AvailabilityChange;
}

/** Tells whoever listens what changed; a listener that throws is logged, and disturbs nobody else. */
@Injectable()
export class HealthEvents {
  private readonly logger = new Logger('Health');
  private readonly listeners = new Map<keyof HealthEventMap, Listeners<never>>();

  /** Calls `listener` synchronously on every such event; returns what ends that. */
  on<K extends keyof HealthEventMap>(event: K, listener: (event: HealthEventMap[K]) => unknown): () => void {
    const failed = (error: unknown): void =>
      this.logger.error('a listener to health events failed', textOf(error));
    const listening = this.listeners.get(event) ?? new Listeners<never>(failed);
    this.listeners.set(event, listening);
    return listening.add(listener);
  }

  /** Tells the listeners, in the order in which they came. */
  emit<K extends keyof HealthEventMap>(event: K, payload: HealthEventMap[K]): void {
    this.listeners.get(event)?.tell(payload as never);
  }
}
