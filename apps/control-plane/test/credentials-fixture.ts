import { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { DEFAULT_INTERVALS, IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { NEVER } from 'rxjs';
import { Feed } from '../src/database/feed.js';
import { Journal } from '../src/database/journal.js';
import { OrdersService } from '../src/providers/orders/orders.service.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { PROVIDERS, type StoredCredentials } from '../src/providers/provider.rows.js';
import { type Registered, RegistrationService } from '../src/providers/registration/registration.service.js';
import { Authenticator } from '../src/security/authenticator.js';
import type { Identity } from '../src/security/identity.js';
import { MemoryDatabase } from './memory.database.js';

/** The tokens of the settings. */
export const ADMIN = 'the-admin';
export const REGISTRATION = 'only-new-names';

/** Registers providers and asks for their tokens, on a clock that stands still and a store that can be held. */
export class CredentialsFixture {
  readonly clock = new ManualClock();
  readonly store = new MemoryDatabase();
  readonly directory: ProviderDirectory;
  readonly orders: OrdersService;
  readonly authenticator: Authenticator;
  private readonly registrations: RegistrationService;

  constructor(security: object = {}) {
    Logger.overrideLogger(false);
    const feed = new Feed();
    const journal = new Journal(this.clock, this.store, feed);
    const leases = new LeaseTable(new RunningClock(this.clock), new IntervalPolicy(DEFAULT_INTERVALS));
    this.directory = new ProviderDirectory(journal, feed, this.store, leases, this.clock);
    this.orders = new OrdersService(this.directory, journal);
    this.registrations = new RegistrationService(this.directory, this.store, journal, this.clock);
    const defaults = {
      adminToken: ADMIN,
      registrationToken: REGISTRATION,
      ratePerSecond: 50,
      rateBurst: 100,
    };
    const settings = { security: { ...defaults, ...security } };
    const nobody = { find: () => undefined, revoked: NEVER };
    this.authenticator = new Authenticator(settings as never, this.directory, nobody as never, this.clock);
  }

  register(name: string, terms: { id?: string; onlyNew?: boolean } = {}): Promise<Registered> {
    const registration = { name, endpoint: 'http://a', service_type: 'vm', schema_version: 'v1' };
    return this.registrations.register(registration, { withToken: true, onlyNew: false, ...terms });
  }

  /** Registers a name and resolves to its token. */
  async tokenOf(name: string): Promise<string> {
    const { token } = await this.done(this.register(name));
    return token as string;
  }

  /** Lets everything happen that can happen now, and resolves to what came of it. */
  async done<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    await this.clock.advance(0);
    return work;
  }

  /** Who shows a token, or the code of the refusal. */
  show(token: string): Identity | string {
    try {
      return this.authenticator.identify(`Bearer ${token}`);
    } catch (error) {
      return (error as VitalsError).code;
    }
  }

  /** The tokens of a provider that a restart would find. */
  storedCredentials(key: number): StoredCredentials | undefined {
    const stored = this.store.rows(PROVIDERS).find((provider) => provider.key === key);
    return stored && { tokenHash: stored.tokenHash, previousTokenHash: stored.previousTokenHash };
  }
}
