import { Injectable } from '@nestjs/common';
import { LeaseTable } from '@vitals/core/lease';
import { Clock } from '@vitals/core/time';
import type { StoredProvider } from './change.js';
import { ControlPlaneStore, type StoredState } from './control-plane.store.js';
import { Journal } from './journal.js';

/** What was known before a restart: read from the store once, and given to every stage that keeps a part of it. */
@Injectable()
export class RecoveredState {
  private state: Promise<StoredState> | undefined;

  constructor(
    private readonly store: ControlPlaneStore,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly leases: LeaseTable,
  ) {}

  /** @throws VitalsError `store-unavailable` */
  read(): Promise<StoredState> {
    return (this.state ??= this.load());
  }

  /** The providers, some at a time; read once. @throws VitalsError `store-unavailable` */
  providers(): AsyncIterable<readonly StoredProvider[]> {
    return this.store.providers(this.clock.wallMs() - this.leases.flappingWindowMs);
  }

  private async load(): Promise<StoredState> {
    const state = await this.store.load();
    this.journal.continueFrom(state.lastSequence);
    return state;
  }
}
