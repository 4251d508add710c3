import { VitalsError } from '@vitals/core/errors';
import { CheckDirectory } from '../../src/checks/check.directory.js';
import { CheckService } from '../../src/checks/check.service.js';
import { ChecksModule } from '../../src/checks/checks.module.js';
import { DeclarationsModule } from '../../src/declarations/declarations.module.js';
import { DeclarationsService } from '../../src/declarations/declarations.service.js';
import type { Plan } from '../../src/declarations/plan.js';
import { readDeclarations } from '../../src/declarations/reading/read-declarations.js';
import { MassFailureDirectory } from '../../src/mass-failures/mass-failure.directory.js';
import { MassFailuresModule } from '../../src/mass-failures/mass-failures.module.js';
import { ProviderDirectory } from '../../src/providers/provider.directory.js';
import { RegistrationService } from '../../src/providers/registration.service.js';
import { ServicesModule } from '../../src/services/services.module.js';
import { MemoryDatabase } from '../memory.database.js';
import { TestPlane } from '../test-plane.js';

/** What a file declares, as JSON. */
export interface Document {
  readonly checks?: readonly object[];
  readonly providers?: readonly object[];
  readonly acknowledged_mass_failures?: readonly object[];
}

/** Everything that declarations change, over a store that can be made to fail, on a clock that is moved by hand. */
export class DeclarationsFixture {
  readonly clock = this.plane.clock;
  readonly checks = this.plane.get(CheckDirectory);
  readonly providers = this.plane.get(ProviderDirectory);
  readonly checkService = this.plane.get(CheckService);
  readonly registrations = this.plane.get(RegistrationService);
  readonly massFailures = this.plane.get(MassFailureDirectory);
  readonly service = this.plane.get(DeclarationsService);

  protected constructor(
    protected readonly plane: TestPlane,
    readonly store: MemoryDatabase,
  ) {}

  static async start(): Promise<DeclarationsFixture> {
    const store = new MemoryDatabase();
    const fixture = new DeclarationsFixture(await DeclarationsFixture.planeOver(store), store);
    await fixture.plane.begin();
    return fixture;
  }

  /** A plane before its boot. @param path of the file that is watched */
  protected static planeOver(store: MemoryDatabase, path?: string): Promise<TestPlane> {
    const declarations = DeclarationsModule.forRoot(path);
    return TestPlane.build({
      modules: [MassFailuresModule, ServicesModule, ChecksModule, declarations],
      store,
      settings: { declarationsPath: path },
    });
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

  /** Waits for work that needs files. */
  done<T>(work: Promise<T>): Promise<T> {
    return this.plane.done(work);
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
