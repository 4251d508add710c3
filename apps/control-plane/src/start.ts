import 'reflect-metadata';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { placeText } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { createApp } from './app.module.js';
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
    process.stderr.write(`${describeBootFailure(error, settings && pathOf(settings))}\n`);
    app?.get(Shutdown).hurry();
    if (app) await end(app);
    process.exit(1);
  }
}

function pathOf({ database }: Settings): string {
  return database.kind === 'sqlite' ? database.path : database.place;
}

/**
 * The message of a failed start: a sentence for what the operator can correct; anything else keeps its stack, for it
 * is a bug.
 * @param databasePath of the settings, if they could be read
 */
export function describeBootFailure(error: unknown, databasePath?: string): string {
  if (error instanceof VitalsError) return `vitals: ${error.message}`;
  const { code, address, port } = error as NodeJS.ErrnoException & { address: string; port: number };
  switch (code) {
    case 'EADDRINUSE':
      return `vitals: PORT: ${placeText(address, port)} is in use by another process; stop it, or set PORT to a free port`;
    case 'EACCES':
      return `vitals: PORT: this user may not listen on ${placeText(address, port)}; set PORT to 1024 or above`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `vitals: HOST: ${address ?? ''} is not an address of this machine; set HOST to one that is, such as 127.0.0.1`;
    case undefined:
    default:
      return describeDatabaseFailure(error, databasePath);
  }
}

function describeDatabaseFailure(error: unknown, path: string | undefined): string {
  const database =
    path === undefined ? 'the database' : `the database ${path === ':memory:' ? path : resolve(path)}`;
  const { code, message } = error as NodeJS.ErrnoException;
  const known = `${code} ${message}`;
  if (/SQLITE_BUSY|database is locked/.test(known))
    return `vitals: DATABASE_URL: ${database} is in use by another process; one control plane at a time may use it: stop the other one, or name another file`;
  const unopened = `vitals: DATABASE_URL: ${database} cannot be opened: ${message}`;
  if (/SQLITE_CORRUPT|disk image is malformed/.test(known))
    return `${unopened}. It was cut off or overwritten. Restore a backup: remove the file and its -wal, and put the backup in its place`;
  if (/SQLITE_NOTADB|file is not a database/.test(known))
    return `${unopened}. Restore a backup, or name another file`;
  if (/SQLITE_/.test(known)) return unopened;
  return `vitals: ${error instanceof Error ? error.stack : String(error)}`;
}
