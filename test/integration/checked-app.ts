import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, HealthService } from '@vitals/health';

/** What an app says of its one check. */
export interface Told {
  readonly state: string;
  readonly reason: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** How long a state may take to be reached, in milliseconds: clients reconnect at their own pace. */
const REACHED_WITHIN_MS = 30_000;

/** An app with one check, asked as a probe would ask it. */
export class CheckedApp {
  private constructor(private readonly app: INestApplicationContext) {}

  static async boot(metadata: ModuleMetadata): Promise<CheckedApp> {
    const root = { module: class App {}, ...metadata };
    const imports = [HealthModule, ...(metadata.imports ?? [])];
    return new CheckedApp(
      await NestFactory.createApplicationContext({ ...root, imports }, { logger: false }),
    );
  }

  async ask(): Promise<Told> {
    const { checks } = await this.app.get(HealthService).report();
    const [check] = checks;
    if (!check || checks.length !== 1) throw new Error(`the app has ${checks.length} checks`);
    return check;
  }

  /** Asks until the check is in a state, and returns what it then says. */
  async reach(state: string): Promise<Told> {
    const deadlineMs = performance.now() + REACHED_WITHIN_MS;
    for (;;) {
      const told = await this.ask();
      if (told.state === state) return told;
      if (performance.now() > deadlineMs)
        throw new Error(`still ${told.state}, not ${state}: ${told.reason ?? 'no reason'}`);
      await wait(100);
    }
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
