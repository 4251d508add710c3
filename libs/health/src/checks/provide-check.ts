import type { FactoryProvider, InjectionToken, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { type CheckContext, failureReason, HealthStatus } from '@vitals/core/health';
import { untilAborted } from '@vitals/probes';
import type { HealthOptions } from '../declaration/health.options.js';
import { declareCheck } from '../declaration/health-metadata.accessor.js';

/** What a ready-made check does, once per provider. */
export interface Probe {
  /** What is reported of a run that fails, besides the reason; default nothing. */
  readonly about?: HealthStatus;
  /** One run; what it rejects with is `DOWN`. It lets go of everything that it opened for the run when the signal fires. */
  check(context: CheckContext): HealthStatus | Promise<HealthStatus>;
  /** Opens what outlives a run; called when the module is initialised. */
  open?(): void;
  /** Closes what outlives a run; called once nothing asks any more, which is after the drain. */
  close?(): void;
}

/** `UP`, with what is reported besides. */
export function up(attributes: Readonly<Record<string, number | string>>): HealthStatus {
  let status = HealthStatus.up();
  for (const [name, value] of Object.entries(attributes)) status = status.withAttribute(name, value);
  return status;
}

/** As what a ready-made check is provided. */
export interface CheckDeclaration {
  /** What the provider is called: the check's identity is `<owner>#check`. */
  readonly owner: string;
  readonly options: HealthOptions;
  /** The token of what its probe needs of the app. */
  readonly inject?: InjectionToken;
}

class ReadyMadeCheck implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly probe: Probe) {}

  check(context: CheckContext): HealthStatus | Promise<HealthStatus> {
    const found = this.probe.check(context);
    if (!(found instanceof Promise)) return found;
    const { about = HealthStatus.down() } = this.probe;
    return found.catch((error: unknown) => about.down(failureReason(error)));
  }

  onModuleInit(): void {
    this.probe.open?.();
  }

  onApplicationShutdown(): void {
    this.probe.close?.();
  }
}

/**
 * A provider whose instance carries one declared check, as if it had been written with `@Health()`. Every call
 * makes a class of its own, which is also the provider's token: an app may have any number of checks of a sort.
 * @param probe makes the probe, of what is injected if anything is
 */
export function provideCheck<Injected = void>(
  { owner, options, inject }: CheckDeclaration,
  probe: (injected: Injected) => Probe,
): FactoryProvider {
  const Owner = class extends ReadyMadeCheck {};
  Object.defineProperty(Owner, 'name', { value: owner });
  declareCheck(Owner.prototype, 'check', options);
  return {
    provide: Owner,
    inject: inject === undefined ? [] : [inject],
    useFactory: (injected: Injected) => new Owner(probe(injected)),
  };
}

/**
 * Asks something that cannot be taken back, such as a command to a shared connection, one at a time: while a
 * question has no answer, whoever asks next waits for the same answer. So a service that hangs is owed one
 * question, however often it is probed.
 */
export class OpenQuestion<T> {
  private pending: Promise<T> | undefined;

  /** `put` puts the question; it may throw or reject. */
  constructor(private readonly put: () => Promise<T>) {}

  /** The answer, or a rejection as soon as the signal fires; the question itself stays open. */
  ask(signal: AbortSignal): Promise<T> {
    return untilAborted(this.pending ?? this.begin(), signal);
  }

  private begin(): Promise<T> {
    const answer = (async () => this.put())();
    const settled = (): void => void (this.pending = undefined);
    this.pending = answer;
    answer.then(settled, settled);
    return answer;
  }
}
