import type { OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { CheckContext, CheckResult, HealthReport, HealthStatus } from '@vitals/core/health';
import { refuse } from '@vitals/core/options';
import { Clock, type Duration, ManualClock, parseDuration } from '@vitals/core/time';
import { type CheckSelector, HealthRegistry } from '../discovery/health.registry.js';
import { type CheckChange, HealthEvents } from '../health.events.js';
import { HealthService } from '../health.service.js';
import { CheckOverrides } from './check-overrides.js';

/** The part of the `TestingModuleBuilder` of @nestjs/testing that is used. */
export interface ProviderOverriding {
  overrideProvider(token: typeof Clock): {
    useFactory(options: {
      factory: (ref: ModuleRef, registry: HealthRegistry, events: HealthEvents) => Clock;
      inject: (typeof ModuleRef | typeof HealthRegistry | typeof HealthEvents)[];
    }): unknown;
  };
}

/** The one provider that is put into the app, and so what hears of its bootstrap. */
class AppClock extends ManualClock implements OnApplicationBootstrap {
  constructor(private readonly overrides: CheckOverrides) {
    super();
  }

  onApplicationBootstrap(): void {
    this.overrides.declareComplete();
  }
}

/**
 * Health in the tests of one app: checks do what the test says, time stands still until the test moves it, and
 * what came of it is read without HTTP.
 */
export class HealthTesting {
  private readonly overrides = new CheckOverrides();
  private readonly recorded: CheckChange[] = [];
  private app: { readonly ref: ModuleRef; readonly registry: HealthRegistry } | undefined;

  /**
   * The time of the app's health: ages, intervals, timeouts and the drain at shutdown. It begins on 2026-01-01
   * and stands still. The timers of the app itself run on.
   */
  readonly clock: ManualClock = new AppClock(this.overrides);

  /** Puts the clock into the app that is being built, and returns the builder. */
  install<Builder extends ProviderOverriding>(builder: Builder): Builder {
    builder.overrideProvider(Clock).useFactory({
      inject: [ModuleRef, HealthRegistry, HealthEvents],
      factory: (ref, registry, events) => this.attach(ref, registry, events),
    });
    return builder;
  }

  /**
   * Lets a check do something else from its next run on, with its options, name and place in the answers
   * unchanged; what is remembered of it is run anew. Before the app is initialised it holds from the first run.
   * @param check declared name or identity
   * @param result what it reports, or a function that is called instead and may return or throw anything
   * @returns what takes this override back
   * @throws VitalsError `declaration-invalid`, listing the checks that there are, unless this is exactly one of
   *   them; before the app is initialised, its initialisation fails with it
   */
  override(check: string, result: HealthStatus | boolean | ((context: CheckContext) => unknown)): () => void {
    return this.overrides.add(check, typeof result === 'function' ? result : () => result);
  }

  /** Takes back every override. */
  restore(): void {
    this.overrides.clear();
  }

  /**
   * Moves time forward: checks that run in the background run when they are due, results age, hanging checks
   * time out. A check that waits for something other than the clock is not waited for.
   */
  async advance(by: Duration): Promise<void> {
    await this.clock.advance(parseDuration(by));
  }

  /** Closes the app, and moves time for as long as its shutdown waits for it: `drain`. */
  async close(app: { close(): Promise<void> }): Promise<void> {
    const closed = app.close();
    let closing = true;
    const end = (): void => void (closing = false);
    void closed.then(end, end);
    while (closing) {
      await this.advance('1s');
      await new Promise((resume) => setImmediate(resume));
    }
    return closed;
  }

  /** The health of the checks that are meant, by default of all, as the endpoints report it. */
  async report(selector?: CheckSelector): Promise<HealthReport> {
    return this.started().ref.get(HealthService, { strict: false }).report(selector);
  }

  /**
   * What is told of one check.
   * @param check declared name or identity
   * @throws VitalsError `declaration-invalid`, listing the checks that there are, unless this is exactly one
   */
  async result(check: string): Promise<CheckResult> {
    const { ref } = this.started();
    const { id } = this.overrides.find(check);
    const report = await ref.get(HealthService, { strict: false }).reportNamed(id);
    return report?.checks.find((result) => result.id === id) as CheckResult;
  }

  /** Every change of a check's state since the app was built, the oldest first. */
  get changes(): readonly CheckChange[] {
    return this.recorded;
  }

  private attach(ref: ModuleRef, registry: HealthRegistry, events: HealthEvents): Clock {
    if (this.app && this.app.registry !== registry)
      refuse('a HealthTesting belongs to one app; make another for the next');
    if (!this.app) {
      this.app = { ref, registry };
      this.overrides.attach(registry);
      events.on('check', (change) => void this.recorded.push(change));
    }
    return this.clock;
  }

  private started(): { readonly ref: ModuleRef } {
    return (
      this.app ??
      refuse('there is no app yet: await health.install(Test.createTestingModule({ … })).compile()')
    );
  }
}
