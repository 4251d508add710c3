import type { Clock } from '../time/clock.js';
import type { Check, CheckResult } from './check.js';
import { notRun, runCheck } from './run-check.js';

/** Runs of one check that may have outlived their timeout before no further one is started. */
const MOST_UNFINISHED = 4;

interface Flight {
  current: Promise<CheckResult> | undefined;
  unfinished: number;
}

/**
 * Runs checks so that requests at the same time share one run of each (single flight), and so that a check
 * that hangs cannot pile up runs: while `MOST_UNFINISHED` of them have not let go, it is `DOWN` without being
 * started again.
 */
export class CheckRunner {
  private readonly flights = new WeakMap<Check, Flight>();

  constructor(private readonly clock: Clock) {}

  /** Runs the check, or joins the run in progress. Never rejects. */
  run(check: Check): Promise<CheckResult> {
    const flight = this.flightOf(check);
    return (flight.current ??= this.start(check, flight));
  }

  /** Runs several checks in parallel; results in the order of `checks`. */
  runAll(checks: readonly Check[]): Promise<CheckResult[]> {
    return Promise.all(checks.map((check) => this.run(check)));
  }

  private start(check: Check, flight: Flight): Promise<CheckResult> {
    if (flight.unfinished >= MOST_UNFINISHED) {
      const reason = `${flight.unfinished} earlier runs have not ended; the check ignores its abort signal`;
      return Promise.resolve(notRun(check, this.clock, reason)).finally(() => (flight.current = undefined));
    }
    flight.unfinished++;
    const { result, finished } = runCheck(check, this.clock);
    void finished.then(() => flight.unfinished--);
    return result.finally(() => (flight.current = undefined));
  }

  private flightOf(check: Check): Flight {
    const known = this.flights.get(check);
    if (known) return known;
    const flight: Flight = { current: undefined, unfinished: 0 };
    this.flights.set(check, flight);
    return flight;
  }
}
