import 'reflect-metadata';
import { MICROPROFILE_ASSERTIONS } from './assertions.js';
import type { Boot } from './deployment.js';
import { describeMicroProfileConformance, type TestRunner } from './describe.js';

/** What each runner makes of a test: its limit, and what it is called with. */
interface Declared {
  readonly suite: string;
  readonly title: string;
  readonly run: () => Promise<{ limitMs: number | undefined }>;
}

type Declare = (test: Declared) => void;

/** Runners by the shape of their functions; a body that declares parameters would be waited for by a callback. */
const RUNNERS: Record<string, (declare: Declare) => TestRunner> = {
  'jest and vitest': (declare) =>
    suites((suite) => (title, body, limitMs) => {
      declare({ suite, title, run: () => body().then(() => ({ limitMs })) });
    }),
  mocha: (declare) =>
    suites((suite) => (title, body) => {
      if (body.length > 0) throw new TypeError('mocha would wait for a callback');
      let limitMs: number | undefined = 2_000;
      const context = { timeout: (ms: number) => void (limitMs = ms) };
      declare({ suite, title, run: () => body.call(context).then(() => ({ limitMs })) });
    }),
  'node:test': (declare) =>
    suites((suite) => (...given: unknown[]) => {
      const [title, options, third] = given as [string, unknown, unknown];
      const body = (typeof options === 'function' ? options : third) as (context: object) => Promise<void>;
      if (body.length > 1) throw new TypeError('node:test would wait for a callback');
      const context = { name: title, signal: new AbortController().signal };
      const run = () => body.call(context, context).then(() => ({ limitMs: undefined }));
      declare({ suite, title, run });
      return Promise.resolve();
    }),
};

function suites(it: (suite: string) => TestRunner['it']): TestRunner {
  let current = '';
  return {
    describe: (suite, body) => {
      current = suite;
      body();
      return Promise.resolve();
    },
    it: (...test) => it(current)(...test),
  };
}

const alwaysWell: Boot = () => ({
  fetch: async () => ({ status: 200, text: async () => '{"status":"UP","checks":[]}' }),
  close: () => undefined,
});

describe.each(Object.entries(RUNNERS))('The suite in the shape of %s', (name, runner) => {
  const declared: Declared[] = [];
  describeMicroProfileConformance({ ...runner((test) => declared.push(test)), boot: alwaysWell });

  it('declares every assertion as a test of its own name, in one suite', () => {
    expect(declared.map(({ suite, title }) => [suite, title])).toEqual(
      MICROPROFILE_ASSERTIONS.map(({ number, title }) => ['MicroProfile Health TCK', `#${number} ${title}`]),
    );
  });

  it('fails the tests whose assertions fail, and passes the others', async () => {
    const outcomes = await Promise.allSettled(declared.map(({ run }) => run()));
    const passed = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? index + 1 : []));
    expect(passed).toEqual([4, 7, 20]);
  });

  it('is given longer than three seconds where the runner has a limit', async () => {
    const { limitMs } = await declared[19]!.run();
    expect(limitMs).toBe(name === 'node:test' ? undefined : 20_000);
  });
});

describe('The suite', () => {
  it('takes a title', () => {
    const titles: string[] = [];
    const described = (title: string) => void titles.push(title);
    describeMicroProfileConformance({
      describe: described,
      it: () => undefined,
      boot: alwaysWell,
      title: 'Mine',
    });
    expect(titles).toEqual(['Mine']);
  });
});
