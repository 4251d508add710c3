import { VitalsError } from '@vitals/core/errors';
import { PROVIDERS, type StoredCredentials } from '../src/providers/provider.rows.js';
import { OperationsService } from '../src/providers/operations.service.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { type Registered, RegistrationService } from '../src/providers/registration.service.js';
import { Authenticator } from '../src/security/authenticator.js';
import type { Identity } from '../src/security/caller.js';
import type { Settings } from '../src/settings/settings.js';
import { MemoryDatabase } from './memory.database.js';
import { TestPlane } from './test-plane.js';

/** The tokens of the settings. */
export const ADMIN = 'the-admin';
export const REGISTRATION = 'only-new-names';

/** Registers providers and asks for their tokens, on a clock that stands still and a store that can be held. */
export class CredentialsFixture {
  readonly clock = this.plane.clock;
  readonly directory = this.plane.get(ProviderDirectory);
  readonly orders = this.plane.get(OperationsService);
  readonly authenticator = this.plane.get(Authenticator);
  private readonly registrations = this.plane.get(RegistrationService);

  private constructor(
    private readonly plane: TestPlane,
    readonly store: MemoryDatabase,
  ) {}

  static async start(security: Partial<Settings['security']> = {}): Promise<CredentialsFixture> {
    const store = new MemoryDatabase();
    const tokens = { adminToken: ADMIN, registrationToken: REGISTRATION };
    const settings = { security: { ...tokens, ratePerSecond: 50, rateBurst: 100, ...security } };
    return new CredentialsFixture(await TestPlane.start({ store, settings }), store);
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
