import { spawn } from 'node:child_process';
import { once } from 'node:events';

const WARNING =
  'HealthModule.forRoot: drain: nothing handles SIGTERM, so that the process ends at once and there is no drain; call app.enableShutdownHooks() before app.listen()';

/** An app that runs for two seconds, and ends by itself. */
const PROGRAM = (hooks: string) => `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { HealthModule } from '@vitals/health';
  class App {}
  Module({ imports: [HealthModule.forRoot({ drain: '100ms' })] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: ['warn'] });
  ${hooks}
  setTimeout(() => process.exit(0), 1_500);
`;

describe('A process in which health is to drain', () => {
  it.concurrent.each([
    ['warns without the hooks of Nest', '', true],
    ['does not with them', 'app.enableShutdownHooks();', false],
  ])('%s', async (_what, hooks, warns) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM(hooks)], {
      cwd: 'libs/health',
      env: { ...process.env, NO_COLOR: '1' },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(child, 'close');
    expect(text.includes(WARNING)).toBe(warns);
  });
});
