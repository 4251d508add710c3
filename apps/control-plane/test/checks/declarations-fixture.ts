import { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { CheckApplier } from '../../src/checks/check.applier.js';
import { CheckDirectory } from '../../src/checks/check.directory.js';
import { CheckService } from '../../src/checks/check.service.js';
import { DeclarationsService } from '../../src/declarations/declarations.service.js';
import { CheckPlanner } from '../../src/declarations/planning/check.planner.js';
import type { Plan } from '../../src/declarations/planning/plan.js';
import { ProviderPlanner } from '../../src/declarations/planning/provider.planner.js';
import { readDeclarations } from '../../src/declarations/reading/read-declarations.js';
import { MassFailureLog } from '../../src/mass-failures/mass-failure.log.js';
import { AddressPolicy } from '../../src/outbound/addresses/address.policy.js';
import { TargetPolicy } from '../../src/outbound/guard/target.policy.js';
import { Feed } from '../../src/database/feed.js';
import { Journal } from '../../src/database/journal.js';
import { OrdersService } from '../../src/providers/orders/orders.service.js';
import { ProviderDirectory } from '../../src/providers/provider.directory.js';
import { ProviderTurns } from '../../src/providers/provider.turns.js';
import { ProviderLimit } from '../../src/providers/registration/provider.limit.js';
import { RegistrationService } from '../../src/providers/registration/registration.service.js';
import { readSettings } from '../../src/settings/read-settings.js';
import { MemoryDatabase } from '../memory.database.js';

/** What a file declares, as JSON. */
export interface Document {
  readonly checks?: readonly object[];
  readonly providers?: readonly object[];
  readonly acknowledged_mass_failures?: readonly object[];
}

/** Everything that declarations change, over a store in memory, on a clock that is moved by hand. */
export class DeclarationsFixture {
  readonly clock = new ManualClock();
  readonly store = new MemoryDatabase();
  readonly checks = new CheckDirectory();
  readonly providers: ProviderDirectory;
  readonly checkService: CheckService;
  readonly registrations: RegistrationService;
  readonly orders: OrdersService;
  readonly massFailures: MassFailureLog;
  readonly service: DeclarationsService;

  constructor() {
    Logger.overrideLogger(false);
    const settings = readSettings({});
    const running = new RunningClock(this.clock);
    const feed = new Feed();
    const journal = new Journal(this.clock, this.store, feed);
    const turns = new ProviderTurns();
    const targets = new TargetPolicy(new AddressPolicy(settings.outbound.allowCidrs));
    const leases = new LeaseTable(running, new IntervalPolicy());
    this.providers = new ProviderDirectory(journal);
    const nobody = undefined as never;
    new CheckApplier(this.checks, nobody, nobody, this.store, running, feed);
    this.checkService = new CheckService(this.checks, nobody, targets, journal, this.clock, running);
    this.registrations = new RegistrationService(
      this.providers,
      turns,
      leases,
      this.store,
      journal,
      this.clock,
    );
    this.massFailures = new MassFailureLog(this.store, journal, this.clock);
    this.orders = new OrdersService(this.providers, turns, journal);
    this.service = new DeclarationsService(
      new CheckPlanner(this.checks, targets),
      new ProviderPlanner(this.providers, this.store),
      this.checkService,
      this.registrations,
      this.orders,
      new ProviderLimit(settings, this.providers),
      this.massFailures,
    );
  }

  /** @throws VitalsError naming the faults of the document */
  async plan(document: Document): Promise<Plan> {
    const { declarations, faults } = await this.done(readDeclarations(document, this.clock));
    const plan = faults.length === 0 ? await this.done(this.service.plan(declarations)) : undefined;
    if (plan && plan.faults.length === 0) return plan;
    throw new VitalsError('declaration-invalid', 'it is wrong', { faults: plan?.faults ?? faults });
  }

  /** Applies a document, and says what was planned. */
  async apply(document: Document): Promise<Plan['body']> {
    const plan = await this.plan(document);
    await this.done(this.service.carryOut(plan));
    return plan.body;
  }

  /** The faults of a document, as `pointer: detail`. */
  faultsOf(document: Document): Promise<readonly string[]> {
    return this.plan(document).then(
      () => [],
      ({ faults }: VitalsError) => faults.map(({ pointer, detail }) => `${pointer}: ${detail}`),
    );
  }

  /** Lets time go by until the work has ended; files are real. */
  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = (): void => void (ended = true);
    work.then(mark, mark);
    while (!ended) {
      await this.clock.advance(0);
      await new Promise((resume) => setImmediate(resume));
    }
    return work;
  }
}

/** A TTL that is valid. */
export function ttl(id: string, more: object = {}): object {
  return { id, type: 'ttl', ...more };
}

/** A provider that is valid. */
export function provider(name: string, more: object = {}): object {
  return { name, endpoint: 'http://10.0.0.9', service_type: 'vm', schema_version: 'v1', ...more };
}
