import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.module.js';
import { describeBootFailure } from './boot-failure.js';
import { readSettings } from './settings/read-settings.js';
import type { Settings } from './settings/settings.js';
import { Shutdown } from './shutdown/shutdown.js';
import { end, StopSignals } from './stop-signals.js';

/** Starts the control plane in this process, which ends with it: by a signal, or with 1 if it cannot start. */
export async function start(): Promise<void> {
  // whoever reads the log may go away; watching providers goes on
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  // a large fleet lives long and makes little garbage: collected before the heap has grown by half, not by four times
  setFlagsFromString('--heap-growing-percent=40');

  const signals = new StopSignals(process);
  let settings: Settings | undefined;
  let app: NestFastifyApplication | undefined;
  try {
    settings = readSettings(process.env, process.stdout.isTTY);
    app = await createApp(settings);
    if (!signals.received) {
      await app.listen(settings.port, settings.host);
      new Logger('Vitals').log(
        `control plane ready at ${await app.getUrl()} after ${Math.round(performance.now())} ms`,
      );
    }
    signals.started(app);
  } catch (error) {
    process.stderr.write(`${describeBootFailure(error, settings?.databasePath)}\n`);
    app?.get(Shutdown).hurry();
    if (app) await end(app);
    process.exit(1);
  }
}
