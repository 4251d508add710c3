import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type Provider, type Type } from '@nestjs/common';
import { Health, HealthStatus, Liveness, Readiness, Startup } from '@vitals/health';

/** Name of the checks of `Produced` that are up. */
export const PRODUCED = 'cdi-produced-successful-check';
/** Name of the check of `Produced` that is down. */
export const PRODUCED_FAILED = 'cdi-produced-failed-check';

const DECORATORS = { liveness: Liveness, readiness: Readiness, startup: Startup } as const;

type Kind = keyof typeof DECORATORS;

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

export class Delayed {
  @Readiness()
  check(): HealthStatus {
    return HealthStatus.named('delayed-check').down();
  }
}

/** A provider that takes three seconds to construct. */
export const DELAYED: Provider = {
  provide: Delayed,
  useFactory: () => sleep(3_000).then(() => new Delayed()),
};

/** What a check asks. */
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
export class WithAttributes {
  @Readiness()
  check(): HealthStatus {
    const status = HealthStatus.named('attributes-check').up();
    return status.withAttribute('first-key', 'first-val').withAttribute('second-key', 'second-val');
  }
}

/** A check with data of every type that the schema allows. */
export class WithEveryType {
  @Health()
  check(): HealthStatus {
    return HealthStatus.named('typed')
      .up()
      .withAttribute('s', 'text')
      .withAttribute('n', 1.5)
      .withAttribute('b', true);
  }
}

/** A provider with one check of a kind, as each of the TCK's procedures is a class of its own. */
function procedure(kind: Kind, successful: boolean): Type {
  class Procedure {
    check(): HealthStatus {
      return successful
        ? HealthStatus.named('successful-check').up()
        : HealthStatus.named('failed-check').down();
    }
  }
  DECORATORS[kind]()(
    Procedure.prototype,
    'check',
    Object.getOwnPropertyDescriptor(Procedure.prototype, 'check')!,
  );
  return Procedure;
}

/** A provider with one successful check. */
export const passing = (kind: Kind) => procedure(kind, true);
/** A provider with one failed check. */
export const failing = (kind: Kind) => procedure(kind, false);
