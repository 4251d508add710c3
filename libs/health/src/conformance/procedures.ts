import { Inject, Injectable, type Provider, type Type } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { Liveness, Readiness, Startup } from '../declaration/health.decorator.js';

/** Name of the checks of `Produced` that are up. */
export const PRODUCED = 'cdi-produced-successful-check';
/** Name of the check of `Produced` that is down. */
export const PRODUCED_FAILED = 'cdi-produced-failed-check';

const CONSTRUCTION_MS = 3_000;
const DECORATORS = { liveness: Liveness, readiness: Readiness, startup: Startup } as const;

/** Kinds that the TCK deploys procedures of. */
export type ProcedureKind = keyof typeof DECORATORS;

/** Three checks of one class. */
export class Produced {
  @Startup()
  startup(): HealthStatus {
    return HealthStatus.named(PRODUCED).up();
  }

  @Liveness()
  liveness(): HealthStatus {
    return HealthStatus.named(PRODUCED).up();
  }

  @Readiness()
  readiness(): HealthStatus {
    return HealthStatus.named(PRODUCED_FAILED).down();
  }
}

const Delayed = procedure('readiness', () => HealthStatus.named('delayed-check').down());

/** A provider that takes three seconds to construct. */
export const DELAYED: Provider = {
  provide: Delayed,
  useFactory: async () => {
    await new Promise((resume) => setTimeout(resume, CONSTRUCTION_MS));
    return new Delayed() as object;
  },
};

/** What `Delegating` asks. */
@Injectable()
export class Delegate {
  check(): HealthStatus {
    return HealthStatus.named('delegate-check').up();
  }
}

/** A check that asks another provider. */
@Injectable()
export class Delegating {
  constructor(@Inject(Delegate) private readonly delegate: Delegate) {}

  @Liveness()
  check(): HealthStatus {
    return this.delegate.check();
  }
}

/** What looks like a check and is none. */
export class Undecorated {
  check(): HealthStatus {
    return HealthStatus.named('undecorated-check').down();
  }
}

/** A check with data. */
export const WithAttributes = procedure('readiness', () =>
  HealthStatus.named('attributes-check')
    .up()
    .withAttribute('first-key', 'first-val')
    .withAttribute('second-key', 'second-val'),
);

/** A provider with one check that is up, named `successful-check`; each call makes another class. */
export const passing = (kind: ProcedureKind): Type =>
  procedure(kind, () => HealthStatus.named('successful-check').up());

/** A provider with one check that is down, named `failed-check`; each call makes another class. */
export const failing = (kind: ProcedureKind): Type =>
  procedure(kind, () => HealthStatus.named('failed-check').down());

function procedure(kind: ProcedureKind, check: () => HealthStatus): Type {
  class Procedure {}
  const descriptor = { value: check, writable: true, configurable: true };
  Object.defineProperty(Procedure.prototype, 'check', descriptor);
  DECORATORS[kind]()(Procedure.prototype, 'check', descriptor);
  return Procedure;
}
