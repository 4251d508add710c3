import assert from 'node:assert/strict';
import type { Provider } from '@nestjs/common';
import type { HealthModuleOptions } from '../health.module-options.js';
import { ask, type Boot } from './deployment.js';
import { type HealthReply, readReply } from './reply.js';

/** Name and status of a check. */
export type Outcome = readonly [name: string, status: 'UP' | 'DOWN'];

/** What some assertions say besides. */
export interface Besides {
  readonly options?: HealthModuleOptions;
  readonly besides?: (reply: HealthReply, body: string) => void;
}

/** One assertion of the TCK. */
export interface ConformanceAssertion {
  /** 1 to 28, in the order of the TCK's test classes. */
  readonly number: number;
  readonly title: string;
  /**
   * Boots an app of its own, asks it once, and closes it, whatever came out.
   * @throws AssertionError of node:assert if the answer is another one
   */
  run(boot: Boot): Promise<void>;
}

/**
 * Makes an assertion: with these providers the path answers with these checks, in any order, for MicroProfile leaves it
 * open. One that is `DOWN` makes the whole `DOWN`, with 503; else that is `UP`, with 200.
 */
export function assertion(
  number: number,
  title: string,
  providers: () => Provider[],
  path: string,
  checks: readonly Outcome[],
  { options, besides }: Besides = {},
): ConformanceAssertion {
  const isUp = checks.every(([, status]) => status === 'UP');
  const [http, overall] = isUp ? [200, 'UP'] : [503, 'DOWN'];
  return {
    number,
    title,
    async run(boot) {
      const deployment = await boot({ providers: providers() }, { detail: 'full', ...options });
      try {
        const answer = await ask(deployment, path);
        const body = await answer.text();
        const asked = `GET ${path} answered ${answer.status} ${body}`;
        assert.equal(answer.status, http, `${asked}; the HTTP status has to be ${http}`);
        const reply = readReply(body);
        const count = `${asked}; the number of checks has to be ${checks.length}`;
        assert.equal(reply.checks.length, checks.length, count);
        const outcomes = reply.checks.map(({ name, status }): Outcome => [name, status]);
        const wanted = sorted(checks);
        assert.deepEqual(sorted(outcomes), wanted, `${asked}; the checks have to be ${wanted.join(' and ')}`);
        assert.equal(reply.status, overall, `${asked}; the overall status has to be ${overall}`);
        besides?.(reply, body);
      } finally {
        await deployment.close();
      }
    },
  };
}

function sorted(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(([name, status]) => `${name} ${status}`).sort();
}
