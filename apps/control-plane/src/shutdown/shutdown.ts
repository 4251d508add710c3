import { Injectable, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModulesContainer } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { VitalsError } from '@vitals/core/errors';
import { Clock, formatDuration } from '@vitals/core/time';
import { Drain } from '@vitals/health';
import {
  AtShutdown,
  type Buffering,
  type FeatureStage,
  isBuffering,
  SHUTDOWN_STAGES,
  type ShutdownStage,
  stagesOf,
} from './stages.js';

/** How long to wait before what could not be written is tried again, in milliseconds. */
const RETRY_MS = 1_000;
/** Timers of the clock do not keep the process alive; this one does, until the shutdown is over. */
const HOLD_MS = 60_000;

/**
 * Ends the control plane in the order of `SHUTDOWN_STAGES`, before Nest closes anything. No stage begins before the
 * one before it has ended or used up its time, and none is left out because another failed.
 */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly logger = new Logger('Shutdown');
  /** How many records of each kind could not be written; empty before the end. */
  readonly lost = new Map<string, number>();
  private hasFailed = false;
  private ended: Promise<void> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly drain: Drain,
    private readonly clock: Clock,
  ) {}

  /** Ends the drain, if it goes on; the stages after it take the time they need. */
  hurry(): void {
    this.drain.end();
  }

  onModuleDestroy(): Promise<void> {
    return (this.ended ??= this.run());
  }

  private async run(): Promise<void> {
    const hold = setInterval(() => undefined, HOLD_MS);
    const drained = this.drain.begin();
    const providers = this.providers();
    const buffers = providers.filter(isBuffering);
    for (const stage of Object.keys(SHUTDOWN_STAGES) as ShutdownStage[]) {
      const beganMs = this.clock.monotonicMs();
      if (stage === 'flush') await this.flush(buffers);
      else await this.doAll(stage, providers);
      if (stage === 'drain') await drained;
      this.logger.debug(`${stage}: ${formatDuration(this.clock.monotonicMs() - beganMs)}`);
    }
    clearInterval(hold);
    if (!this.hasFailed) this.logger.log('everything is written; the process ends');
  }

  private async doAll(stage: FeatureStage, providers: readonly object[]): Promise<void> {
    const open = new Set<string>();
    const done = providers.flatMap(methodsOf(stage)).map(async ({ who, run }) => {
      open.add(who);
      try {
        await run();
      } catch (error) {
        this.hasFailed = true;
        this.logFault(`${who} failed in the stage ${stage}`, error);
      }
      open.delete(who);
    });
    await this.within(SHUTDOWN_STAGES[stage], Promise.all(done));
    if (open.size === 0) return;
    const after = formatDuration(SHUTDOWN_STAGES[stage]);
    this.hasFailed = true;
    this.logger.warn(`the stage ${stage} continues without ${[...open].join(', ')} after ${after}`);
  }

  private async flush(buffers: readonly Buffering[]): Promise<void> {
    const untilMs = this.clock.monotonicMs() + SHUTDOWN_STAGES.flush;
    for (;;) {
      await this.within(untilMs - this.clock.monotonicMs(), this.flushAll(buffers));
      if (buffers.every((buffer) => waitingIn(buffer) === 0)) return;
      if (this.clock.monotonicMs() + RETRY_MS >= untilMs) break;
      await new Promise<void>((resume) => this.clock.after(RETRY_MS, resume));
    }
    for (const [what, count] of buffers.flatMap((buffer) => Object.entries(buffer.unwritten())))
      if (count > 0) this.lost.set(what, count);
    this.hasFailed = true;
    const text = [...this.lost].map(([what, count]) => `${count} ${what}`).join(', ');
    const within = formatDuration(SHUTDOWN_STAGES.flush);
    this.logger.error(`LOST, for the database could not be written to within ${within}: ${text}`);
  }

  /** One after the other: writing one buffer may add to the next. */
  private async flushAll(buffers: readonly Buffering[]): Promise<void> {
    for (const buffer of buffers) {
      try {
        await buffer.flush();
      } catch (error) {
        this.logFault(`${nameOf(buffer)} could not be flushed`, error);
      }
    }
  }

  /** A known fault in one sentence, any other with where it comes from. */
  private logFault(what: string, error: unknown): void {
    const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof Error && !(error instanceof VitalsError)) this.logger.error(text, error.stack);
    else this.logger.error(text);
  }

  /** Resolves when `work` has ended, or after `ms`. */
  private within(ms: number, work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = Number.isFinite(ms) ? this.clock.after(Math.max(0, ms), resolve) : () => undefined;
      void work.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Every provider that there is by now, once; after a boot that failed some are missing. */
  private providers(): object[] {
    const instances = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    return [...new Set(instances)].filter((one) => typeof one === 'object' && one !== null);
  }
}

/** The methods of a provider that run in a stage. */
const methodsOf = (stage: FeatureStage) => (provider: object) =>
  [...stagesOf(provider)]
    .filter(([, its]) => its === stage)
    .map(([name]) => ({
      who: `${nameOf(provider)}.${name}`,
      run: () => (provider as Record<string, () => unknown>)[name]?.(),
    }));

function waitingIn(buffer: Buffering): number {
  return Object.values(buffer.unwritten()).reduce((sum, count) => sum + count, 0);
}

function nameOf(provider: object): string {
  return provider.constructor.name;
}

/** Ends every `@Interval` of the app: Nest's own would go on until after the port is closed. */
@Injectable()
export class Intervals {
  constructor(private readonly registry: SchedulerRegistry) {}

  @AtShutdown('stop-judging')
  stop(): void {
    for (const name of this.registry.getIntervals()) this.registry.deleteInterval(name);
  }
}

/** Before any hook of another module, that of the libraries too: Nest calls them by distance from the root. */
const NEAREST = -2;

/** The end of the process in one order; Nest's first hook of a shutdown only sets it off. */
@Module({ imports: [DiscoveryModule], providers: [Shutdown, Intervals] })
export class ShutdownModule {
  constructor(modules: ModulesContainer) {
    for (const module of modules.values()) if (module.metatype === ShutdownModule) module.distance = NEAREST;
  }
}
