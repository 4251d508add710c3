import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type Provider } from '@nestjs/common';
import { HealthStatus, Liveness, Readiness, Startup } from '@vitals/health';

const CONSTRUCTION_MS = 3_000;

class SuccessfulLiveness {
  @Liveness()
  call(): HealthStatus {
    return HealthStatus.named('successful-check').up();
  }
}

class FailedLiveness {
  @Liveness()
  call(): HealthStatus {
    return HealthStatus.named('failed-check').down();
  }
}

class SuccessfulReadiness {
  @Readiness()
  call(): HealthStatus {
    return HealthStatus.named('successful-check').up();
  }
}

class FailedReadiness {
  @Readiness()
  call(): HealthStatus {
    return HealthStatus.named('failed-check').down();
  }
}

class SuccessfulStartup {
  @Startup()
  call(): HealthStatus {
    return HealthStatus.named('successful-check').up();
  }
}

class FailedStartup {
  @Startup()
  call(): HealthStatus {
    return HealthStatus.named('failed-check').down();
  }
}

class CDIProducedProcedureCheck {
  @Startup()
  cdiProducedStartupCheck(): HealthStatus {
    return HealthStatus.named('cdi-produced-successful-check').up();
  }

  @Liveness()
  cdiProducedLivenessCheck(): HealthStatus {
    return HealthStatus.named('cdi-produced-successful-check').up();
  }

  @Readiness()
  cdiProducedReadinessCheck(): HealthStatus {
    return HealthStatus.named('cdi-produced-failed-check').down();
  }
}

class CheckWithAttributes {
  @Readiness()
  call(): HealthStatus {
    return HealthStatus.named('attributes-check')
      .withAttribute('first-key', 'first-val')
      .withAttribute('second-key', 'second-val')
      .up();
  }
}

/** Lacks a decorator, and must not be found. */
class CheckWithoutQualifier {
  call(): HealthStatus {
    return HealthStatus.named('check-without-annotation').up();
  }
}

@Injectable()
class DelegationTarget {
  isTheSystemHealthy(): boolean {
    return true;
  }
}

@Injectable()
class DelegateHealth {
  constructor(@Inject(DelegationTarget) private readonly delegate: DelegationTarget) {}

  @Liveness('delegate-check')
  call(): boolean {
    return this.delegate.isTheSystemHealthy();
  }
}

/** Its provider takes three seconds to construct, as the constructor of the Java class does. */
class DelayedCheck {
  @Readiness()
  call(): HealthStatus {
    return HealthStatus.named('delayed-check').down();
  }
}

const DELAYED: Provider = {
  provide: DelayedCheck,
  useFactory: async () => {
    await sleep(CONSTRUCTION_MS);
    return new DelayedCheck();
  },
};

const PACKAGE = 'org.eclipse.microprofile.health.tck.deployment';

/** What stands here for each class that the TCK deploys, by the name of the Java class. */
export const PROCEDURES: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  ...[
    SuccessfulLiveness,
    FailedLiveness,
    SuccessfulReadiness,
    FailedReadiness,
    SuccessfulStartup,
    FailedStartup,
    CDIProducedProcedureCheck,
    CheckWithAttributes,
    CheckWithoutQualifier,
    DelegateHealth,
    DelegationTarget,
  ].map((procedure) => [`${PACKAGE}.${procedure.name}`, procedure] as const),
  [`${PACKAGE}.DelayedCheck`, DELAYED],
]);
