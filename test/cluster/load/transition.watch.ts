import { setTimeout as wait } from 'node:timers/promises';
import type { Transition } from '../launch/observer.js';
import { Caller } from './caller.js';
import { until } from './until.js';
import type { SeenTransition } from './verdict.js';

const EVERY_MS = 250;
const PAGE = 1_000;

/** Reads the log while a load runs, and notes when each transition could be read first. */
export class TransitionWatch {
  readonly seen: SeenTransition[] = [];
  private readonly stopping = new AbortController();
  private since = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly caller: Caller,
    private readonly token: string,
  ) {}

  /** Begins after what is in the log already. */
  async start(): Promise<void> {
    this.since = (await logOf(this.caller, this.token)).at(-1)?.sequence ?? 0;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      for (const transition of (await pageSince(this.caller, this.token, this.since)) ?? []) {
        this.since = transition.sequence;
        this.seen.push({ ...transition, seenMs: performance.now() });
      }
      await wait(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}

/** The whole log, as the one who is called answers it. */
export async function logOf(caller: Caller, token: string): Promise<Transition[]> {
  const log: Transition[] = [];
  for (;;) {
    let page: readonly Transition[] = [];
    await until(async () => {
      const answer = await pageSince(caller, token, log.at(-1)?.sequence ?? 0);
      page = answer ?? [];
      return answer !== undefined;
    });
    log.push(...page);
    if (page.length === 0) return log;
  }
}

/** The log as each instance answers it, as far as it went when the first one was asked: it may grow meanwhile. */
export async function logsOf([first, ...others]: readonly Caller[], token: string): Promise<Transition[][]> {
  if (!first) return [];
  const told = await logOf(first, token);
  const last = told.at(-1)?.sequence ?? 0;
  const logs = await Promise.all(others.map((caller) => logOf(caller, token)));
  return [told, ...logs.map((log) => log.filter(({ sequence }) => sequence <= last))];
}

async function pageSince(
  caller: Caller,
  token: string,
  since: number,
): Promise<readonly Transition[] | undefined> {
  const answer = await caller.ask({
    method: 'GET',
    path: `/transitions?limit=${PAGE}&since=${since}`,
    token,
  });
  return answer?.status === 200 ? (answer.body['transitions'] as Transition[]) : undefined;
}
