import type { Task } from '../engine/engine.js';
import type { ControlPlane } from '../observed/control-plane.js';
import type { SimulatedProvider } from './simulated-provider.js';

/** What a provider is told; `refused` for 409, `unknown` for 404. */
export type Answer =
  | { readonly kind: 'registered'; readonly generation: number }
  | { readonly kind: 'told'; readonly intervalMs: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused' };

/** One request and its answer. */
export class Exchange implements Task {
  answer: Answer | undefined = undefined;
  readonly incarnation: number;
  readonly generation: number | undefined;
  readonly phase: number;
  /** When it was sent, by the clock of the provider. */
  readonly claimedMs: number;

  constructor(
    readonly provider: SimulatedProvider,
    private readonly controlPlane: ControlPlane,
    readonly sentMs: number,
  ) {
    this.incarnation = provider.incarnation;
    this.generation = provider.generation;
    this.phase = provider.phase;
    this.claimedMs = provider.wallMs(sentMs);
  }

  /** It arrives: first there, then back. */
  run(): void {
    if (this.answer) this.provider.receive(this, this.answer);
    else this.controlPlane.receive(this);
  }
}
