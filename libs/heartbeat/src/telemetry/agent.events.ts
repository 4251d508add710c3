import { failureReason } from '@vitals/core/health';
import type { FailureCause } from '../wire/failure.js';
import type { Phase } from '../wire/provider.js';
import type { CallKind } from './agent.metrics.js';

/** What happens to an agent. Times in milliseconds; `endpoint` is the URL of the control plane that was asked. */
export interface AgentEvents {
  /** Registered, for the first time or again. */
  registered: { readonly generation: number; readonly endpoint: string };
  /** A beat was acknowledged. */
  beat: {
    readonly phase: Phase;
    readonly latencyMs: number;
    readonly nextIntervalMs: number;
    readonly endpoint: string;
  };
  /** Info was acknowledged. */
  info: { readonly latencyMs: number; readonly endpoint: string };
  /**
   * A request failed, and is tried again after `retryInMs`. `isNews` unless the last one of its kind there failed in
   * the same way.
   */
  failed: {
    readonly call: CallKind;
    readonly cause: FailureCause;
    readonly endpoint: string;
    readonly reason: string;
    readonly retryInMs: number;
    readonly isNews: boolean;
  };
  /** The control plane refuses this agent for good; it has stopped. `advice` says what helps. */
  refused: {
    readonly status: number;
    readonly endpoint: string;
    readonly reason: string;
    readonly advice: string;
  };
  /** The last beat, which says that the provider ends, was acknowledged by nobody. */
  unheard: { readonly endpoint: string; readonly reason: string };
  /** An operator asks the provider to take no new work and to finish what it has: once for each request. */
  drain: Readonly<Record<string, never>>;
  /** The request to drain was taken back. */
  resume: Readonly<Record<string, never>>;
  /** Something of the app's own failed; told once, until it works again or fails otherwise. */
  fault: { readonly source: FaultSource; readonly reason: string };
}

/** What can fail on the app's side: a function that was given, or the store of the token. */
export type FaultSource = 'phase' | 'info' | 'token' | 'onDrain';

/** Tells whoever listens; a listener that throws disturbs nobody, and becomes a warning of the process. */
export class AgentEmitter {
  private readonly listeners = new Map<keyof AgentEvents, Set<(event: never) => unknown>>();
  private readonly faults = new Map<FaultSource, string>();

  on<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): void {
    const listening = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listening.add(listener));
  }

  off<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): void {
    this.listeners.get(name)?.delete(listener);
  }

  emit<Name extends keyof AgentEvents>(name: Name, event: AgentEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        Promise.resolve(listener(event as never)).catch(warn);
      } catch (error) {
        warn(error);
      }
    }
  }

  /** Emits `fault` if that is news; without a reason, whatever failed works again. */
  fault(source: FaultSource, reason: string | undefined): void {
    if (this.faults.get(source) === reason) return;
    if (reason === undefined) {
      this.faults.delete(source);
      return;
    }
    this.faults.set(source, reason);
    this.emit('fault', { source, reason });
  }
}

function warn(error: unknown): void {
  process.emitWarning(`a listener to heartbeat events failed: ${failureReason(error)}`);
}
