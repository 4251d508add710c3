import type { Suppression } from '@vitals/core/transition';
import {
  type CheckDefinition,
  type CheckState,
  type CheckStatus,
  failingForMs,
  recoverCheck,
  redirectCheck,
  ResultRing,
  statusOf,
  UptimeMinute,
} from '@vitals/core/check';
import type { ServiceInstance } from '../services/service.instance.js';
import type { CheckSource, StoredCheck, StoredProgress } from './check.rows.js';
import type { CheckTransition } from './check.transitions.js';

/** Where a check begins or goes on, and what it did before. */
export interface CheckBeginning {
  readonly state: CheckState;
  /** Epoch milliseconds since when it has its status. */
  readonly sinceMs: number;
  readonly progress?: StoredProgress | undefined;
}

/** A check as the control plane knows it, in memory. Points of time are epoch milliseconds, but for `state`. */
export class Check {
  readonly key: number;
  readonly source: CheckSource;
  readonly createdAtMs: number;
  definition: CheckDefinition;
  state: CheckState;
  sinceMs: number;
  /** When the last run started. */
  executedAtMs: number | undefined;
  /** When the first failure of the streak that goes on was found. */
  failedAtMs: number | undefined;
  /** Why nobody was told of its last transition, maintenance left aside. */
  suppressed: Suppression | undefined;
  results: ResultRing;
  readonly minute = new UptimeMinute();
  /** The run that goes on, of what the check looks at now; resolves to whether it was defined anew before that ended. */
  run: Promise<boolean> | undefined;
  /** Since when it is paused, on the clock of `state`; `undefined` while it is not. */
  pausedAtMs: number | undefined;
  /** What the tracker of mass failures has counted it as; `undefined` before it has. */
  countedZone: string | undefined;
  counted: 'well' | 'away' | 'settled' | undefined;
  /** Its removal was due, and had to wait. */
  withheld = false;
  /** It failed for too long, and its removal is on its way to the store; it is not run any more. */
  leaving = false;
  /** It is gone; nothing of it is recorded any more. */
  removed = false;

  constructor(
    { key, definition, source, createdAtMs }: StoredCheck,
    /** What is removed when the check stays critical. */
    readonly service: ServiceInstance | undefined,
    { state, sinceMs, progress }: CheckBeginning,
  ) {
    this.key = key;
    this.source = source;
    this.createdAtMs = createdAtMs;
    this.definition = definition;
    this.state = state;
    this.sinceMs = sinceMs;
    this.executedAtMs = progress?.executedAtMs;
    this.failedAtMs = progress?.failedAtMs;
    this.suppressed = progress?.suppressed;
    if (definition.paused) this.pausedAtMs = state.heardAtMs;
    this.results = new ResultRing(progress?.results);
  }

  get id(): string {
    return this.definition.id;
  }

  get status(): CheckStatus {
    return statusOf(this.state);
  }

  get isTtl(): boolean {
    return this.definition.target.kind === 'ttl';
  }

  /** Takes another definition of what looks at the same; a pause that ends counts for nothing. */
  redefine(definition: CheckDefinition, nowMs: number): void {
    if (definition.paused) this.pausedAtMs ??= nowMs;
    else if (this.pausedAtMs !== undefined) {
      const inMaintenance = this.state.maintenanceSinceMs !== undefined;
      this.state = recoverCheck({ ...this.progress(nowMs), inMaintenance }, definition, nowMs);
      this.pausedAtMs = undefined;
    }
    this.state = { ...this.state, executeIntervalMs: definition.intervalMs };
    this.definition = definition;
  }

  /** Takes a definition that looks at something else; its verdict stands until it has looked there. A run that goes on counts no more. */
  redirect(definition: CheckDefinition, nowMs: number): void {
    this.redefine(definition, nowMs);
    this.run = undefined;
    this.state = redirectCheck(this.state, definition, nowMs);
  }

  /** Begins anew as far as its state goes; what was found before can still be read. A run that goes on counts no more. */
  begin(definition: CheckDefinition, state: CheckState, sinceMs: number): void {
    this.definition = definition;
    this.run = undefined;
    this.state = state;
    this.sinceMs = sinceMs;
    this.leaving = false;
    this.pausedAtMs = definition.paused ? state.heardAtMs : undefined;
    this.suppressed = undefined;
    this.failedAtMs = undefined;
  }

  /** Goes on from somewhere else; what was found can still be read. A run that goes on counts no more. */
  goOn({ state, sinceMs, progress }: CheckBeginning): void {
    this.begin(this.definition, state, sinceMs);
    this.failedAtMs = progress?.failedAtMs;
    this.suppressed = progress?.suppressed;
  }

  /** What it probes has changed: what was found before says nothing of it. */
  forgetResults(): void {
    this.executedAtMs = undefined;
    this.results = new ResultRing();
  }

  /** How far it has come, as it is kept; a pause counts for nothing. @param nowMs of the clock of `state` */
  progress(nowMs: number): StoredProgress {
    const { pausedAtMs = nowMs } = this;
    const { verdict, successes, failures, executeIntervalMs } = this.state;
    return {
      verdict,
      successes,
      failures,
      failingForMs: failingForMs(this.state, pausedAtMs),
      failedAtMs: this.failedAtMs,
      executedAtMs: this.executedAtMs,
      executeIntervalMs,
      suppressed: this.suppressed,
      results: this.results.inOrder(),
    };
  }

  /** A transition of it, from its status now, as it is kept. */
  transition(
    to: CheckStatus | 'Removed',
    cause: string,
    atMs: number,
    progress: StoredProgress,
  ): CheckTransition {
    const { key, id: subject, status: from, service, sinceMs } = this;
    return { kind: service ? 'service' : 'check', subject, from, to, cause, atMs, key, sinceMs, progress };
  }

  /** The same, for what is decided of it and not durable yet. */
  draft(): Check {
    const copy = Object.create(Check.prototype) as Check;
    return Object.assign(copy, this, { results: new ResultRing(this.results.inOrder()) });
  }

  /** As it is kept. */
  stored(): StoredCheck {
    const { key, definition, source, createdAtMs } = this;
    return { key, definition, source, serviceKey: this.service?.key, createdAtMs };
  }
}
