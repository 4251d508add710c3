import type { Clock } from '@vitals/core/time';
import { isPhase, type Phase, PHASES } from '../wire/provider.js';
import { type AskingListener, type Given, inTime, Question } from './question.js';

/** What is known when a phase is decided. */
export interface PhaseContext {
  /** An operator asked this provider to drain, and has not taken that back. */
  readonly drainRequested: boolean;
}

/** Where the phase comes from. */
export interface PhaseFunctions {
  /** Decides alone. */
  readonly phase: ((context: PhaseContext) => Phase | Promise<Phase>) | undefined;
  /** Tells the phase as long as nobody asks to drain. */
  readonly readiness: (() => Phase | Promise<Phase>) | undefined;
}

/** How long a beat waits for its phase, in milliseconds; three such waits fit into what a lease has to spare. */
const PATIENCE_MS = 250;
/** A phase that changes while it is computed is computed so many times at most before it is told. */
const MAX_TURNS = 3;

/**
 * Says which phase to report. A sign of life does not wait for a slow check: after 250 ms the phase last known
 * is given, and what is found later is told. What throws, hangs or is not a phase is `NotReady`.
 */
export class PhaseSource {
  private readonly question: Question<unknown> | undefined;
  /** An operator asked to drain, and has not taken that back. */
  drainRequested = false;
  private known: Phase | undefined;
  private computing: Promise<Phase> | undefined;
  private outdated = false;
  private overdue = false;
  private computedInMs = 0;

  constructor(
    private readonly functions: PhaseFunctions,
    timeoutMs: number,
    private readonly clock: Clock,
    private readonly listener: AskingListener,
  ) {
    const { phase, readiness } = functions;
    const run = phase ? () => phase({ drainRequested: this.drainRequested }) : readiness;
    this.question = run && new Question<unknown>(run, timeoutMs, clock);
  }

  /** How long it will probably take to know the phase, in milliseconds. */
  get leadMs(): number {
    return Math.min(PATIENCE_MS, this.computedInMs);
  }

  /** An operator asked to drain, or has taken that back. */
  request(drain: boolean): void {
    this.drainRequested = drain;
    this.outdated = true;
  }

  /** Something has changed: a computation under way begins anew. */
  changed(): void {
    this.outdated = true;
  }

  /** The phase to report now; only the first may take up to the timeout. */
  async report(): Promise<Phase> {
    if (this.drainRequested && !this.functions.phase) return 'Draining';
    if (!this.question) return 'Ready';
    const computing = (this.computing ??= this.compute(this.question));
    const { known } = this;
    if (known === undefined) return computing;
    return inTime(computing, PATIENCE_MS, this.clock, () => {
      this.overdue = true;
      return known;
    });
  }

  private async compute(question: Question<unknown>): Promise<Phase> {
    const startedMs = this.clock.monotonicMs();
    let given: Given<unknown>;
    let turns = 0;
    do {
      this.outdated = false;
      given = await question.ask();
    } while (this.outdated && ++turns < MAX_TURNS);
    const before = this.known;
    this.known = this.read(given);
    this.computing = undefined;
    this.computedInMs = this.clock.monotonicMs() - startedMs;
    const isLate = this.overdue && this.known !== before;
    this.overdue = false;
    if (isLate) this.listener.news();
    return this.known;
  }

  private read(given: Given<unknown>): Phase {
    const phase = 'value' in given ? given.value : undefined;
    if (isPhase(phase)) {
      this.listener.fault(undefined);
      return phase;
    }
    const noPhase = `gave ${String(phase)}, which is not a phase; there are ${PHASES.join(', ')}`;
    this.listener.fault('reason' in given ? given.reason : noPhase);
    return 'NotReady';
  }
}
