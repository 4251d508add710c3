import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { recoverCheck, restoreCheck, startCheck } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import type { AnyChange } from '../database/change.js';
import { Database, oneOf } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { RememberedServices } from '../services/remembered.services.js';
import { ServiceDirectory } from '../services/service.directory.js';
import type { ServiceInstance } from '../services/service.instance.js';
import { Check, type CheckBeginning } from './check.js';
import { isSameKept, orphanRemoval } from './check.changes.js';
import { CheckDirectory } from './check.directory.js';
import {
  CHECK_STATES,
  checkDefined,
  type CheckRecord,
  CHECKS,
  type DefinedCheck,
  type StoredCheck,
} from './check.rows.js';
import { type CheckTransition, transitionsOfChecks } from './check.transitions.js';
import { CheckSecrets } from './check-secrets.js';

/** Checks that are read at a time. */
const PAGE = 500;

/**
 * Builds the checks in memory from what is durable: at boot, before anything else is served, and after every commit.
 * Only the verdict of a check is ahead of it, which `CheckRecorder` decides.
 */
@Injectable()
export class CheckApplier implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Checks');
  /** What puts right what earlier versions left behind, and what is logged of it. */
  private readonly repairs: { readonly change: AnyChange; readonly what: string }[] = [];

  constructor(
    private readonly directory: CheckDirectory,
    private readonly services: ServiceDirectory,
    private readonly remembered: RememberedServices,
    private readonly database: Database,
    private readonly running: RunningClock,
    private readonly journal: Journal,
    feed: Feed,
    private readonly secrets: CheckSecrets = new CheckSecrets(),
  ) {
    feed.on(checkDefined, (defined) => this.applyDefined(defined));
    feed.on(transitionsOfChecks, (transitions) => {
      for (const transition of transitions)
        if (transition.overruledBy === undefined) this.applyTransition(transition);
        else this.followStore(transition);
    });
  }

  /** @throws VitalsError `settings-invalid` if a check has secrets that no key opens; `store-unavailable` */
  async onModuleInit(): Promise<void> {
    await this.services.onModuleInit();
    for await (const records of readChecks(this.database)) {
      for (const { check, state } of records) {
        const opened = this.owned({ check: this.secrets.open(check), state });
        if (opened) this.add(opened, this.recovered({ check: opened, state }));
      }
    }
    this.secrets.assertOpened();
  }

  /** @throws VitalsError `store-unavailable`; the next start tries again */
  async onApplicationBootstrap(): Promise<void> {
    if (this.repairs.length === 0) return;
    await this.journal.commitAll(this.repairs.map(({ change }) => change));
    for (const { what } of this.repairs.splice(0)) this.logger.warn(what);
  }

  /** A check with the instance that it is of, if it is one of a service; none without an instance. */
  private owned({ check, state }: CheckRecord): StoredCheck | undefined {
    const { id } = check.definition;
    if (check.source !== 'service' || this.instanceOf(check)?.id === id) return check;
    const service = this.services.find(id);
    if (service?.id === id && service.check) {
      const tied = { ...check, serviceKey: service.key };
      const change = checkDefined({ check: tied, sinceMs: state.sinceMs, mustExist: true });
      this.repairs.push({ change, what: `the check ${id} is tied to its service again` });
      return tied;
    }
    const what = `the check ${id} is removed: its service is not registered with a check`;
    this.repairs.push({ change: orphanRemoval({ check, state }, this.running.wallMs()), what });
    return undefined;
  }

  private instanceOf({ serviceKey }: StoredCheck): ServiceInstance | undefined {
    return serviceKey === undefined ? undefined : this.services.ofKey(serviceKey);
  }

  private applyDefined(defined: DefinedCheck): void {
    const { check, sinceMs, bearing = 'kept', progress, mustExist } = defined;
    const { definition } = check;
    const known = this.directory.find(definition.id);
    const nowMs = this.running.nowMs();
    if (known) return this.redefine(known, defined, nowMs);
    if (mustExist) return;
    const state = bearing === 'restored' ? restoreCheck(definition, nowMs) : startCheck(definition, nowMs);
    this.add(check, { state, sinceMs, progress });
  }

  private redefine(known: Check, { check, sinceMs, bearing = 'kept' }: DefinedCheck, nowMs: number): void {
    const { definition } = check;
    switch (bearing) {
      case 'kept':
        // it was only written anew
        if (isSameKept(known.definition, definition)) return;
        known.redefine(definition, nowMs);
        break;
      case 'redirected':
        known.redirect(definition, nowMs);
        break;
      case 'pardoned':
      case 'reset':
      case 'restored':
        known.begin(definition, startCheck(definition, nowMs), sinceMs);
        if (bearing === 'reset') known.forgetResults();
        this.setCritical(known, false);
        break;
      default:
        return bearing satisfies never;
    }
    this.directory.noteChange(known, 'defined');
  }

  private applyTransition({ subject, key, to, remembers, keepsService }: CheckTransition): void {
    const check = this.directory.find(subject);
    if (check?.key !== key) return;
    const { service } = check;
    if (to !== 'Removed') return service && this.services.noteChange(service);
    this.directory.remove(check);
    if (!service) return;
    if (keepsService) return this.setCritical(check, false);
    this.services.remove(service);
    if (remembers) this.remembered.remember(service.stored);
  }

  /** What was decided of a check in memory is not so: memory goes by what is durable. */
  private followStore({ subject, key, from, to, overruledBy }: CheckTransition): void {
    const held = overruledBy ? `where it is ${overruledBy.status}` : 'where it is gone';
    this.logger.warn(`${subject} was decided to go from ${from} to ${to}, and is not in the store, ${held}`);
    const check = this.directory.find(subject);
    if (check?.key !== key) return;
    if (!overruledBy) return this.directory.remove(check);
    if (to === 'Removed') check.leaving = false;
    if (check.status === overruledBy.status) return;
    check.goOn(this.recovered({ check: check.stored(), state: overruledBy }));
    this.setCritical(check, check.state.verdict === 'Critical');
    this.directory.noteChange(check, 'defined');
  }

  private add(stored: StoredCheck, beginning: CheckBeginning): void {
    const check = new Check(stored, this.instanceOf(stored), beginning);
    this.directory.add(check);
    this.setCritical(check, check.state.verdict === 'Critical');
  }

  private setCritical({ service }: Check, critical: boolean): void {
    if (!service) return;
    service.critical = critical;
    this.services.noteChange(service);
  }

  private recovered({ check: { definition }, state }: CheckRecord): CheckBeginning {
    const { status, sinceMs, progress } = state;
    const nowMs = this.running.nowMs();
    if (!progress) return { state: startCheck(definition, nowMs), sinceMs };
    const inMaintenance = status === 'Maintenance';
    // the status is written with every transition, the progress now and then: the status decides
    const verdict = inMaintenance ? progress.verdict : status;
    const known = { ...progress, verdict, inMaintenance };
    return { state: recoverCheck(known, definition, nowMs), sinceMs, progress };
  }
}

/** All checks by their keys, some at a time. */
export async function* readChecks(
  database: Pick<Database, 'pages' | 'select'>,
): AsyncGenerator<CheckRecord[]> {
  for await (const checks of database.pages(CHECKS, 'key', PAGE)) {
    const where = { key: oneOf(checks.map(({ key }) => key)) };
    const states = await database.select(CHECK_STATES, { where });
    const stateOf = new Map(states.map((state) => [state.key, state]));
    yield checks.flatMap(({ id: _id, ...check }) => {
      const state = stateOf.get(check.key);
      return state ? [{ check, state }] : [];
    });
  }
}
