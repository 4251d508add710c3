import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthServer } from '@vitals/health';
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

/** Examples name ports that may be taken here, and drains that a test need not wait for. */
function forATest(program: string): string {
  return program.replaceAll(/port: \d+/g, 'port: 0').replaceAll(/drain: '\d+s'/g, "drain: '10ms'");
}

/** Every block of these pages that is a whole app. */
const PROGRAMS = [
  'libs/health/README.md',
  'libs/heartbeat/README.md',
  'docs/coming-from.md',
  'docs/dapr.md',
].flatMap((file) =>
  blocks(file, 'ts')
    .filter((block) => block.includes('export class AppModule'))
    .map((block, at) => [file, at + 1, block] as const),
);

describe('The documentation', () => {
  it.each(['README.md', 'docs/checks.md'])(
    'shows commands in %s whose output is what it says',
    async (file) => {
      const plane = await TestControlPlane.start();
      try {
        for (const block of blocks(file, 'sh')) {
          const promised = [...block.matchAll(/^# → (.*)$/gm)].map(([, line]) => line).join('\n');
          const { stdout } = await run('bash', [
            '-euc',
            block.replaceAll('http://127.0.0.1:3000', plane.url),
          ]);
          expect(withoutNumbersOfTheDay(stdout.trim())).toBe(withoutNumbersOfTheDay(promised));
        }
      } finally {
        await plane.stop();
      }
    },
  );

  it.each(PROGRAMS)(
    'shows a module in %s, the %d. one, that starts and answers health',
    async (file, at, program) => {
      const plane = await TestControlPlane.start();
      const folder = join('test', '.examples');
      const path = join(folder, `${file.replaceAll(/\W/g, '-')}-${at}.ts`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, forATest(program).replaceAll('http://127.0.0.1:3000', plane.url));
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
        rmSync(path, { force: true });
        await plane.stop();
      }
    },
  );

  it('shows a worker whose health is on a port of its own and in files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'worker-'));
    const [program = ''] = blocks('libs/health/README.md', 'ts').filter((block) =>
      block.includes('WorkerModule'),
    );
    const path = join('test', '.examples', 'worker.ts');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, forATest(program).replaceAll('/tmp/', `${folder}/`));
    try {
      const { WorkerModule } = (await import(join(process.cwd(), path))) as { WorkerModule: Type };
      const app = await NestFactory.createApplicationContext(WorkerModule, { logger: false });
      const answer = await fetch(`http://127.0.0.1:${app.get(HealthServer).port}/health/ready`);
      expect(answer.status).toBe(200);
      while (!['live', 'ready'].every((name) => existsSync(join(folder, name)))) await nextTurn();
      await app.close();
    } finally {
      rmSync(path, { force: true });
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
