import type { Duration } from '@vitals/core/time';

/** Lifecycle phases that a provider reports. */
export type Phase = 'Starting' | 'Ready' | 'NotReady' | 'Draining' | 'Maintenance';

/** What a provider registers as; members as they are on the wire. */
export interface ProviderRegistration {
  readonly endpoint: string;
  readonly service_type: string;
  readonly schema_version: string;
  readonly display_name?: string;
  readonly operations?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a provider has and lends: cores or `"500m"`, bytes or `"16GB"`. */
export interface ProviderInfo {
  readonly capacity: Readonly<Record<string, number | string>>;
  readonly allocated?: Readonly<Record<string, number | string>>;
  readonly capabilities?: readonly string[];
}

/** How an agent is set up. */
export interface HeartbeatAgentOptions {
  /** Base URL of the control plane; several are tried in turn. */
  readonly controlPlane: string | readonly string[];
  /** The provider's name, unique in the fleet. */
  readonly name: string;
  readonly register: ProviderRegistration;
  /** Computed for every beat; a throw, a rejection or a wait beyond `timeout` is `NotReady`. Default: `Ready`. */
  readonly phase?: () => Phase | Promise<Phase>;
  /** Asked at start, every `infoEvery`, and when `infoChanged()` is called. */
  readonly info?: () => ProviderInfo | Promise<ProviderInfo>;
  /** Default 5 minutes. */
  readonly infoEvery?: Duration;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** How long one request, or computing the phase, may take; default 2 s. */
  readonly timeout?: Duration;
  /** The interval until the control plane has told one; default 10 s. */
  readonly interval?: Duration;
}

/** What happens to an agent. Times in milliseconds. */
export interface AgentEvents {
  /** Registered, for the first time or again. */
  registered: { readonly generation: number };
  /** A beat was acknowledged. */
  beat: { readonly phase: Phase; readonly latencyMs: number; readonly nextIntervalMs: number };
  /** Info was acknowledged. */
  info: { readonly latencyMs: number };
  /** A request failed, and is tried again after `retryInMs`. */
  failed: { readonly reason: string; readonly retryInMs: number };
  /** The control plane refuses this agent for good; it has stopped. */
  refused: { readonly status: number; readonly reason: string };
}

/** What an agent has done so far. */
export interface AgentMetrics {
  readonly sent: number;
  readonly failed: number;
  readonly lastLatencyMs: number | undefined;
  readonly intervalMs: number;
}
