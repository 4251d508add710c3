import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { describeBootFailure } from './boot-failure.js';
import { readSettings } from './settings/read-settings.js';

// whoever reads the log may go away; watching providers goes on
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

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
