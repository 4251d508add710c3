import { MICROPROFILE_ASSERTIONS } from './assertions.js';
import type { Boot } from './deployment.js';

/** Constructing a provider takes one assertion three seconds, which is more than the limit of some runners. */
const TIME_LIMIT_MS = 20_000;

/** The `describe` and `it` of a test runner: those of jest, vitest, node:test and mocha all fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => Promise<void>, timeoutMs?: number) => unknown;
}

/** What the suite is run with. */
export interface ConformanceSuite extends TestRunner {
  readonly boot: Boot;
  /** Default `MicroProfile Health TCK`. */
  readonly title?: string;
}

/**
 * Declares the 28 assertions of the MicroProfile Health TCK as tests, each by its own name (`#13 …`), each
 * with an app of its own, all independent of each other.
 */
export function describeMicroProfileConformance({
  describe,
  it,
  boot,
  title = 'MicroProfile Health TCK',
}: ConformanceSuite): void {
  describe(title, () => {
    for (const assertion of MICROPROFILE_ASSERTIONS) {
      const body = function (this: unknown): Promise<void> {
        setLimitOfMocha(this);
        return assertion.run(boot);
      };
      it(`#${assertion.number} ${assertion.title}`, body, TIME_LIMIT_MS);
    }
  });
}

/** Mocha takes the limit from within the test, jest and vitest as a parameter, and node:test has none. */
function setLimitOfMocha(context: unknown): void {
  const { timeout } = (context ?? {}) as { timeout?: unknown };
  if (typeof timeout === 'function') timeout.call(context, TIME_LIMIT_MS);
}
