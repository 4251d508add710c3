import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TestControlPlane } from '../support/control-plane.js';

const run = promisify(execFile);

/** Fenced blocks of a language, in order. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  );
}

/** Times and told intervals differ from run to run. */
function withoutNumbersOfTheDay(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"next_interval_seconds":(9|10|11)\b/g, '"next_interval_seconds":10');
}

describe('The documentation', () => {
  it('shows commands in the README whose output is what it says', async () => {
    const plane = await TestControlPlane.start();
    try {
      for (const block of blocks('README.md', 'sh')) {
        const promised = [...block.matchAll(/^# → (.*)$/gm)].map(([, line]) => line).join('\n');
        const { stdout } = await run('bash', ['-euc', block.replaceAll('http://127.0.0.1:3000', plane.url)]);
        expect(withoutNumbersOfTheDay(stdout.trim())).toBe(withoutNumbersOfTheDay(promised));
      }
    } finally {
      await plane.stop();
    }
  });

  it.each(['libs/health/README.md', 'libs/heartbeat/README.md'])(
    'shows a module in %s that starts and answers health',
    async (file) => {
      const plane = await TestControlPlane.start();
      const folder = join('test', '.examples');
      const path = join(folder, `${file.replaceAll(/\W/g, '-')}.ts`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, (blocks(file, 'ts')[0] as string).replaceAll('http://127.0.0.1:3000', plane.url));
      try {
        const { AppModule } = (await import(join(process.cwd(), path))) as { AppModule: Type };
        const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
        await app.listen(0, '127.0.0.1');
        const answer = await fetch(`${await app.getUrl()}/health`);
        expect([answer.status, await answer.json()]).toEqual([
          200,
          expect.objectContaining({ status: 'UP' }),
        ]);
        await app.close();
      } finally {
        rmSync(folder, { recursive: true, force: true });
        await plane.stop();
      }
    },
  );
});
