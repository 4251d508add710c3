import assert from 'node:assert/strict';
import type { Provider } from '@nestjs/common';
import type { HealthModuleOptions } from '../health.module-options.js';
import { ask, type Boot } from './deployment.js';
import { HealthReply } from './reply.js';

/** Name and status of a check. */
export type Outcome = readonly [name: string, status: 'UP' | 'DOWN'];

/** What an assertion deploys, what it asks for, and what the answer has to be. */
export interface Expectation {
  readonly providers?: () => Provider[];
  readonly options?: HealthModuleOptions;
  readonly path: string;
  /** 200 goes with the overall status `UP`, 503 with `DOWN`. */
  readonly http: 200 | 503;
  /** In any order: MicroProfile leaves it open. */
  readonly checks: readonly Outcome[];
  /** What is asserted besides. */
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

/** Makes an assertion of what is expected. */
export function assertion(number: number, title: string, expected: Expectation): ConformanceAssertion {
  return { number, title, run: (boot) => meets(expected, boot) };
}

async function meets(expected: Expectation, boot: Boot): Promise<void> {
  const { providers = () => [], options, path, http, checks, besides } = expected;
  const deployment = await boot({ providers: providers() }, { detail: 'full', ...options });
  try {
    const answer = await ask(deployment, path);
    const body = await answer.text();
    const asked = `GET ${path} answered ${answer.status} ${body}`;
    assert.equal(answer.status, http, `${asked}; the HTTP status has to be ${http}`);
    const reply = HealthReply.parse(body);
    assert.equal(
      reply.checks.length,
      checks.length,
      `${asked}; the number of checks has to be ${checks.length}`,
    );
    const outcomes = reply.checks.map(({ name, status }): Outcome => [name, status]);
    assert.deepEqual(
      sorted(outcomes),
      sorted(checks),
      `${asked}; the checks have to be ${sorted(checks).join(' and ')}`,
    );
    const overall = http === 200 ? 'UP' : 'DOWN';
    assert.equal(reply.status, overall, `${asked}; the overall status has to be ${overall}`);
    besides?.(reply, body);
  } finally {
    await deployment.close();
  }
}

function sorted(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(([name, status]) => `${name} ${status}`).sort();
}
