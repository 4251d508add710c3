import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { Settings } from '../settings/settings.js';
import { AtShutdown } from '../shutdown/stages.js';
import type { Declarations } from './reading/read-declarations.js';
import { DeclarationsAgreement } from './declarations.agreement.js';
import { DeclarationsService } from './declarations.service.js';
import { isEmpty, type Plan, type PlanBody, type PlannedItem } from './plan.js';
import { type DeclaringFile, FileSource } from './reading/declarations.file.js';

/** How often the file is polled, in milliseconds; a change is applied when two polls find it the same. */
const POLL_EVERY_MS = 2_000;
/** Polls between two attempts at a file that conflicts with checks of others. */
const POLLS_PER_TRY = 15;
/** How often a file that changes while it is read is read again at the start. */
const MAX_READS = 5;

/**
 * Applies the file of declarations at the start and whenever it changes, one at a time, the last content last. What is
 * wrong at the start keeps the control plane from starting; what is wrong later is logged, and changes nothing.
 */
@Injectable()
@HealthComponent({ name: 'declarations', type: 'config.file' })
export class DeclarationsWatch implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Declarations');
  private readonly file: FileSource;
  /** The file of the last poll, or why there was none; and the one that is dealt with. */
  private seen = '';
  private handled = '';
  private atStart: DeclaringFile | undefined;
  private appliedHash: string | undefined;
  private applied: Declarations = { checks: [], providers: [], acknowledgements: [] };
  private fault: VitalsError | undefined;
  private pollsToWait = 0;
  private polling: Promise<void> | undefined;
  private cancelPoll: CancelTimer = () => undefined;
  private stopped = false;

  constructor(
    private readonly service: DeclarationsService,
    private readonly agreement: DeclarationsAgreement,
    owned: OwnedPartitions,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.file = new FileSource(settings.declarationsPath as string, clock);
    // what was left to another one is read again
    owned.changed.subscribe((partition) => partition === 0 && (this.handled = ''));
  }

  /** @throws VitalsError `declaration-invalid` naming everything that is wrong with the file */
  async onModuleInit(): Promise<void> {
    for (let reads = 1; !this.atStart && reads <= MAX_READS; reads++) {
      this.handled = this.seen = await this.file.stamp();
      this.atStart = await this.file.read(this.seen);
    }
    if (!this.atStart) throw this.file.refusal('changes all the time; start again when it is written');
  }

  /**
   * Everything is recovered by now.
   * @throws VitalsError `declaration-invalid` naming everything that stands in the way
   */
  async onApplicationBootstrap(): Promise<void> {
    // what was written since it was read may have been half written then
    if ((await this.file.stamp()) !== this.seen) {
      this.atStart = undefined;
      await this.onModuleInit();
    }
    try {
      await this.apply(this.atStart as DeclaringFile);
    } catch (error) {
      if (!(error instanceof VitalsError) || !error.retryable) throw error;
      this.note(error);
      this.handled = '';
    }
    this.atStart = undefined;
    this.pollLater();
  }

  /** Resolves when what is being applied is. */
  @AtShutdown('stop-judging')
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelPoll();
    await this.polling;
  }

  @Health({ name: 'declarations', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const { checks, providers } = this.applied;
    const status = HealthStatus.named('declarations')
      .withAttribute('checks', checks.length)
      .withAttribute('providers', providers.length);
    const dispute = this.agreement.fault();
    if (!this.fault) return dispute === undefined ? status.up() : status.down(dispute);
    const count = Math.max(1, this.fault.faults.length);
    // what is wrong may quote the file, and this is for everybody
    return status.down(
      `the file is not applied, ${count} ${count === 1 ? 'error' : 'errors'}, which "Declarations" has logged`,
    );
  }

  /** Polls the file once, and applies a change; joins a poll that goes on. Never throws. */
  poll(): Promise<void> {
    this.polling ??= this.pollOnce()
      .catch((error: unknown) => this.note(error))
      .finally(() => (this.polling = undefined));
    return this.polling;
  }

  private async pollOnce(): Promise<void> {
    let stamp: string;
    try {
      stamp = await this.file.stamp();
    } catch (error) {
      // an editor may put another file in its place between two steps
      const isStill = this.seen === (error as Error).message;
      this.handled = this.seen = (error as Error).message;
      if (isStill) throw error;
      return;
    }
    const isStill = stamp === this.seen;
    this.seen = stamp;
    if (!isStill) this.pollsToWait = 0;
    else if (stamp !== this.handled && this.pollsToWait-- <= 0) await this.load(stamp);
  }

  private async load(stamp: string): Promise<void> {
    let found: DeclaringFile | undefined;
    try {
      found = await this.file.read(stamp);
    } catch (error) {
      // what the file says does not change; what the file system said may
      if ((error as Error).cause === undefined) this.handled = stamp;
      throw error;
    }
    if (!found) return;
    if (found.hash !== this.appliedHash) await this.apply(found);
    else if (this.fault) this.logger.log(`${this.file.path} is again as it is applied`);
    this.fault = undefined;
    this.handled = stamp;
  }

  private async apply({ hash, declarations }: DeclaringFile): Promise<void> {
    const plan = await this.service.plan(declarations);
    this.pollsToWait = POLLS_PER_TRY;
    if (plan.faults.length > 0) throw this.file.error(plan.faults);
    this.pollsToWait = 0;
    const { isLeader } = this.agreement;
    const isApplied =
      isLeader && (this.agreement.isApplied(hash) || (await this.carryOut(plan, { hash, declarations })));
    if (!isApplied) this.agreement.onSeen(hash);
    this.appliedHash = isApplied ? hash : undefined;
    this.applied = declarations;
  }

  /** @returns whether it was for this process to do */
  private async carryOut(made: Plan, { hash, declarations }: DeclaringFile): Promise<boolean> {
    this.appliedHash = undefined;
    const before = this.agreement.memory;
    if (!(await this.agreement.begin())) return false;
    const plan = this.agreement.memory === before ? made : await this.service.plan(declarations);
    if (plan.faults.length > 0) throw this.file.error(plan.faults);
    await this.service.carryOut(plan);
    this.agreement.onApplied(hash);
    this.report(plan.body, declarations);
    return true;
  }

  private pollLater(): void {
    if (this.stopped) return;
    this.cancelPoll = this.clock.after(POLL_EVERY_MS, () => {
      void this.poll().then(() => this.pollLater());
    });
  }

  /** Logs a fault once, however often it is found. */
  private note(error: unknown): void {
    const fault =
      error instanceof VitalsError ? error : this.file.refusal(`cannot be applied: ${String(error)}`, error);
    if (fault.message !== this.fault?.message) {
      if (fault.retryable)
        this.logger.warn(`${this.file.path} is applied as soon as it can be: ${fault.message}`);
      else this.logger.error(fault.message);
    }
    this.fault = fault;
  }

  private report(body: PlanBody, next: Declarations): void {
    const { create, change, remove, kept, unchanged } = body;
    const counts = `${counted(create)} new, ${counted(change)} changed, ${counted(remove)} removed, ${unchanged} unchanged`;
    if (!isEmpty(body)) this.logger.log(`${this.file.path} is applied: ${counts}`);
    for (const { id } of kept)
      this.logger.warn(`the provider ${id} registered itself otherwise, which stays`);
    const names = new Set(next.providers.map(({ registration }) => registration.name));
    const gone = this.applied.providers.filter(({ registration }) => !names.has(registration.name));
    for (const { registration } of gone)
      this.logger.warn(
        `the provider ${registration.name} is declared no longer and stays; DELETE /providers/${registration.name} removes it`,
      );
  }
}

/** How many there are, of each kind: `3 checks and 1 provider`; `0` for none. */
function counted(items: readonly PlannedItem[]): string {
  const kinds = new Set(items.map(({ kind }) => kind));
  const each = [...kinds].map((one) => {
    const { length } = items.filter(({ kind }) => kind === one);
    return `${length} ${one.replace('-', ' ')}${length === 1 ? '' : 's'}`;
  });
  return each.join(' and ') || '0';
}
