import type { Duration } from '@vitals/core/time';
import type { PhaseContext } from '../asking/phase.source.js';
import type { TokenStore } from '../identity/file.token-store.js';
import type { Phase, ProviderInfo, ProviderRegistration } from '../wire/provider.js';

/** How an agent is set up. A token that is empty counts as not given, so that it may come from the environment. */
export interface HeartbeatAgentOptions {
  /** Base URL of the control plane; several are tried in turn. */
  readonly controlPlane: string | readonly string[];
  /** The provider's name, unique in the fleet. */
  readonly name: string;
  readonly register: ProviderRegistration;
  /**
   * Decides the phase alone, also while an operator asks to drain. Computed for every beat; a throw, a rejection
   * or a wait beyond `timeout` is `NotReady`.
   */
  readonly phase?: (context: PhaseContext) => Phase | Promise<Phase>;
  /** Like `phase`, as long as nobody asks to drain: then the phase is `Draining`. Default: `Ready`. */
  readonly readiness?: () => Phase | Promise<Phase>;
  /** Asked at start, after every beat, and when `infoChanged()` is called; sent when it has changed. */
  readonly info?: () => ProviderInfo | Promise<ProviderInfo>;
  /** How often info is sent although it has not changed; default 5 minutes. */
  readonly infoEvery?: Duration;
  /** The provider's own token, if it is known already. */
  readonly token?: string;
  /** Registers the name for the first time; the token that is issued then takes over. */
  readonly registrationToken?: string;
  /** Keeps the token that was issued. */
  readonly tokenStore?: TokenStore;
  /** A file to keep it in: `tokenStore: new FileTokenStore(tokenFile)`. */
  readonly tokenFile?: string;
  /** Called once for each request of an operator to drain. */
  readonly onDrain?: () => unknown;
  /** How long one request, or computing the phase, may take; default 5 s, for a beat and its answer may each take 2. */
  readonly timeout?: Duration;
  /** The interval until the control plane has told one; default 10 s. */
  readonly interval?: Duration;
}
