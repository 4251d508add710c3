import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { describeBootFailure } from './boot-failure.js';
import { readSettings } from './settings/read-settings.js';

// whoever reads the log may go away; watching providers goes on
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// a large fleet lives long and makes little garbage: collected before the heap has grown by half, not by four times
setFlagsFromString('--heap-growing-percent=40');

try {
  const settings = readSettings(process.env);
  const app = await createApp(settings);
  await app.listen(settings.port, settings.host);
  new Logger('Vitals').log(
    `control plane ready at ${await app.getUrl()} after ${Math.round(performance.now())} ms`,
  );
} catch (error) {
  process.stderr.write(`${describeBootFailure(error)}\n`);
  process.exit(1);
}
