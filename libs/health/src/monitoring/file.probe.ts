import { rename, rm, writeFile } from 'node:fs/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { HEALTH_KINDS, type HealthKind } from '@vitals/core/health';
import { type CancelTimer, Clock, parseDuration } from '@vitals/core/time';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthEvents } from '../health.events.js';
import { HealthService } from '../health.service.js';

const DEFAULT_EVERY = '5s';

/** A file is believed for this many intervals, so that one late write is no alarm. */
const BELIEVED_INTERVALS = 3;

/**
 * Says health by files, for an app that serves no HTTP: a file is there while its kind is not `DOWN`, and holds
 * the Unix time in seconds until which it may be believed. A probe must compare that time, for a process that
 * hangs or was killed leaves its file behind:
 * `test "$(cat /tmp/live)" -gt "$(date +%s)"`.
 */
@Injectable()
export class FileProbe
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Health');
  private readonly everyMs: number;
  private readonly paths: readonly (readonly [HealthKind, string])[];
  private cancel: CancelTimer | undefined;
  private stop: () => void = () => undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly failing = new Set<string>();

  constructor(
    private readonly service: HealthService,
    private readonly clock: Clock,
    private readonly events: HealthEvents,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) { files = {} }: HealthModuleOptions = {},
  ) {
    this.everyMs = parseDuration(files.every ?? DEFAULT_EVERY);
    this.paths = HEALTH_KINDS.flatMap((kind) =>
      files[kind] === undefined ? [] : [[kind, files[kind]] as const],
    );
  }

  /** What a process before this one left behind says nothing about this one. */
  async onModuleInit(): Promise<void> {
    await this.removeAll();
  }

  /** From here on it is written at once whether the app takes work, so that a probe sees a shutdown coming. */
  onApplicationBootstrap(): void {
    if (this.paths.length === 0) return;
    const ignore = this.events.on('availability', () => this.refresh());
    this.stop = () => {
      this.cancel?.();
      ignore();
    };
    this.tick();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop();
    await this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.removeAll();
  }

  /** Writes all files, after what is being written now; never rejects. */
  private refresh(): void {
    this.writing = this.writing.then(async () => {
      await Promise.all(this.paths.map(([kind, path]) => this.write(kind, path)));
    });
  }

  private tick(): void {
    this.cancel = this.clock.after(this.everyMs, () => this.tick());
    this.refresh();
  }

  private async write(kind: HealthKind, path: string): Promise<void> {
    try {
      const { state } = await this.service.report({ kind });
      if (state === 'DOWN') return await rm(path, { force: true });
      const untilMs = this.clock.wallMs() + BELIEVED_INTERVALS * this.everyMs;
      await writeFile(`${path}.next`, `${Math.floor(untilMs / 1_000)}\n`);
      await rename(`${path}.next`, path);
      this.failing.delete(path);
    } catch (error) {
      if (this.failing.has(path)) return;
      this.failing.add(path);
      this.logger.error(`the ${kind} file ${path} cannot be written: ${(error as Error).message}`);
    }
  }

  private async removeAll(): Promise<void> {
    for (const [, path] of this.paths) await rm(path, { force: true }).catch(() => undefined);
  }
}
