import 'reflect-metadata';
import { AssertionError } from 'node:assert';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ConformanceAssertion } from './assertion.js';
import { MICROPROFILE_ASSERTIONS } from './assertions.js';
import { ask, type Boot, bootOn } from './deployment.js';

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Body {
  status: string;
  checks: Record<string, unknown>[];
}

/** What builds of this library wrote into a check before they were as strict as the TCK. */
const FURTHER = {
  kinds: ['liveness'],
  critical: true,
  durationMs: 0.05,
  checkedAt: '2026-01-01T00:00:00.000Z',
  ageMs: 0,
};

const onFastify = bootOn(() => new FastifyAdapter());
const ALL = MICROPROFILE_ASSERTIONS.map(({ number }) => number);
/** Every assertion but the one that takes seconds. */
const QUICK = MICROPROFILE_ASSERTIONS.filter(({ number }) => number !== 5);

/** An app that answers every request the same. */
const answering =
  (status: number, body: string): Boot =>
  () => ({ fetch: async () => ({ status, text: async () => body }), close: () => undefined });

/** What a conforming app answers in each assertion, by its number; each asks once. */
const conforming = new Map<number, Answer>();

/** A conforming app whose answer is kept. */
const recording =
  (number: number): Boot =>
  async (metadata, options) => {
    const app = await onFastify(metadata, options);
    const fetched = async (path: string) => {
      const answer = await ask(app, path);
      const body = await answer.text();
      conforming.set(number, { status: answer.status, body });
      return { status: answer.status, text: async () => body };
    };
    return { fetch: fetched, close: () => app.close() };
  };

/** A conforming app between which and its clients something stands. */
const tampered =
  (tamper: (answer: Answer) => Answer) =>
  (number: number): Boot => {
    const { status, body } = tamper(conforming.get(number) as Answer);
    return answering(status, body);
  };

/** A conforming app of which only the bodies are changed. */
const rewritten = (rewrite: (body: Body) => void) =>
  tampered(({ status, body }) => {
    const json = JSON.parse(body) as Body;
    rewrite(json);
    return { status, body: JSON.stringify(json) };
  });

/** Numbers of the assertions that fail, each of which has to fail as an assertion. */
async function failures(
  assertions: readonly ConformanceAssertion[],
  bootFor: (number: number) => Boot,
): Promise<number[]> {
  const runs = assertions.map((assertion) => assertion.run(bootFor(assertion.number)));
  const outcomes = await Promise.allSettled(runs);
  return outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return [];
    expect(outcome.reason).toBeInstanceOf(AssertionError);
    return assertions[index]!.number;
  });
}

const except = (...numbers: number[]) => ALL.filter((number) => !numbers.includes(number));

describe('The assertions of the TCK', () => {
  let failed: number[];
  beforeAll(async () => (failed = await failures(QUICK, recording)));

  it('are 28, by number, each with a title of its own', () => {
    expect(ALL).toEqual(Array.from({ length: 28 }, (_, index) => index + 1));
    expect(new Set(MICROPROFILE_ASSERTIONS.map(({ title }) => title)).size).toBe(28);
  });

  it('hold for an app with this library', () => {
    expect([failed, conforming.size]).toEqual([[], QUICK.length]);
  });

  it.each<[string, Boot, number[]]>([
    ['that is always well', answering(200, '{"status":"UP","checks":[]}'), except(4, 7, 20)],
    ['that is always ill', answering(503, '{"status":"DOWN","checks":[]}'), ALL],
    ['that answers something else', answering(200, 'OK'), ALL],
    ['that answers JSON of another kind', answering(200, '{"status":"ok","info":{},"error":{}}'), ALL],
    ['that answers null', answering(200, 'null'), ALL],
  ])('fail for an app %s', async (_what, boot, expected) => {
    expect(await failures(MICROPROFILE_ASSERTIONS, () => boot)).toEqual(expected);
  });

  it.each<[string, (number: number) => Boot, number[]]>([
    [
      'answers 200 even when it is DOWN',
      tampered(({ body }) => ({ status: 200, body })),
      [2, 11, 13, 14, 16, 19, 23, 25, 27],
    ],
    [
      'says UP even when it is DOWN',
      rewritten((body) => (body.status = 'UP')),
      [2, 11, 13, 14, 16, 19, 23, 25, 27],
    ],
    [
      'lists one check per name',
      rewritten(
        (body) => (body.checks = [...new Map(body.checks.map((check) => [check['name'], check])).values()]),
      ),
      [10, 13, 19],
    ],
    [
      'leaves out what failed',
      rewritten((body) => (body.checks = body.checks.filter(({ status }) => status === 'UP'))),
      [2, 11, 13, 14, 16, 19, 23, 25, 27],
    ],
    ['publishes no data', rewritten((body) => body.checks.forEach((check) => delete check['data'])), [8]],
    [
      'publishes data that was not given',
      rewritten((body) => body.checks.forEach((check) => (check['data'] = { first: 1 }))),
      [8, 9],
    ],
    [
      'adds members of its own to a check',
      rewritten((body) => body.checks.forEach((check) => Object.assign(check, FURTHER))),
      [9],
    ],
    [
      'adds a member that is null to a check',
      rewritten((body) => body.checks.forEach((check) => (check['reason'] = null))),
      [9],
    ],
    [
      'writes data without content',
      rewritten((body) => body.checks.forEach((check) => (check['data'] ??= {}))),
      [9],
    ],
    [
      'writes null for data that is not there',
      rewritten((body) => body.checks.forEach((check) => (check['data'] ??= null))),
      [10],
    ],
    ['adds a member at the root', rewritten((body) => Object.assign(body, { detail: 'x' })), [10]],
    [
      'does not tell names',
      rewritten((body) => body.checks.forEach((check) => delete check['name'])),
      except(4, 5, 7, 20),
    ],
    [
      'ignores the kinds of checks',
      () => (metadata, options) => {
        const booting = onFastify(metadata, options);
        return {
          fetch: async () => ask(await booting, '/health'),
          close: async () => (await booting).close(),
        };
      },
      [1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22],
    ],
    [
      'ignores the options that it is given',
      () => async (metadata) => onFastify(metadata, { detail: 'names' }),
      [8],
    ],
  ])('fail for an app that %s', async (_what, bootFor, expected) => {
    expect(await failures(QUICK, bootFor)).toEqual(expected);
  });

  it('say what was asked, what was answered, and what has to be', async () => {
    await expect(QUICK[1]!.run(answering(200, '{"status":"UP","checks":[]}'))).rejects.toThrow(
      'GET /health/ready answered 200 {"status":"UP","checks":[]}; the HTTP status has to be 503',
    );
    await expect(QUICK[1]!.run(answering(503, '{"status":"DOWN","checks":[]}'))).rejects.toThrow(
      'the number of checks has to be 1',
    );
  });

  it('close the app that they booted, whether they hold or not', async () => {
    let closed = 0;
    const counted: Boot = () => ({
      fetch: async () => ({ status: 200, text: async () => '{"status":"UP","checks":[]}' }),
      close: () => void closed++,
    });
    await failures(MICROPROFILE_ASSERTIONS, () => counted);
    expect(closed).toBe(28);
  });

  it('fail with what the boot failed with', async () => {
    const refused = () => Promise.reject(new Error('no port'));
    await expect(QUICK[0]!.run(refused)).rejects.toThrow('no port');
  });
});
