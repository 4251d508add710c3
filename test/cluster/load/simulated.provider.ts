import type { Caller } from './caller.js';

/** What a provider lived through; monotonic milliseconds. */
export interface ProviderLife {
  readonly name: string;
  /** When it was registered. */
  registeredMs: number | undefined;
  /** When the last beat was sent that was acknowledged. */
  ackedMs: number;
  /** From when on it sent nothing, if it is dead. */
  diedMs: number | undefined;
  /** The longest time between two acknowledged beats while it was alive. */
  longestSilenceMs: number;
}

const FIRST_RETRY_MS = 500;
const REGISTER_WITHIN_MS = 10_000;
/** Answers after which repeating changes nothing: what was acknowledged is not known any more. */
const LOST = [401, 403, 404, 409];

/** A provider that beats as the stock agent does: at the interval that it is told, and again soon after a failure. */
export class SimulatedProvider {
  readonly life: ProviderLife;
  private token: string | undefined;
  private generation = 0;
  private intervalMs = 1_000;
  private timer: NodeJS.Timeout | undefined;
  private isDead = false;
  private isRefused = false;
  private run: Promise<void> = Promise.resolve();

  constructor(
    name: string,
    private readonly caller: Caller,
    private readonly tokens: { readonly registration: string; readonly admin: string },
    private readonly onViolation: (what: string) => void,
  ) {
    this.life = {
      name,
      registeredMs: undefined,
      ackedMs: 0,
      diedMs: undefined,
      longestSilenceMs: 0,
    };
  }

  /** Starts to live, and resolves once it was heard for the first time. */
  async start(): Promise<void> {
    while (!this.isDead && this.life.registeredMs === undefined) await this.register();
    await this.beat();
  }

  /** Sends nothing from now on; a beat that is on its way may still arrive. */
  die(): void {
    this.isDead = true;
    this.life.diedMs = performance.now();
    clearTimeout(this.timer);
  }

  async stop(): Promise<void> {
    this.isDead = true;
    clearTimeout(this.timer);
    await this.run;
  }

  private async register(): Promise<void> {
    const path = `/providers/${this.life.name}`;
    const body = {
      endpoint: 'http://10.0.0.7:8080',
      service_type: 'vm',
      schema_version: 'v1',
      metadata: { resources: { total_cpu: 8 } },
    };
    const token = this.isRefused ? this.tokens.admin : this.tokens.registration;
    const answer = await this.caller.ask({ method: 'PUT', path, token, body, timeoutMs: REGISTER_WITHIN_MS });
    // the answer of an earlier try was lost: the name exists then, and only an administrator may register it again
    this.isRefused = answer?.status === 403;
    if (answer?.status === 201 || answer?.status === 200) {
      this.token = String(answer.body['token']);
      this.generation = Number(answer.body['generation']);
      this.life.registeredMs = performance.now();
      return;
    }
    await sleep(answer?.retryAfterMs ?? FIRST_RETRY_MS);
  }

  private beat(): Promise<void> {
    this.run = this.beatOnce();
    return this.run;
  }

  private async beatOnce(): Promise<void> {
    const sentMs = performance.now();
    const { life, token, generation } = this;
    const body = { timestamp: new Date().toISOString(), phase: 'Ready', generation };
    const path = `/providers/${life.name}/status`;
    const answer = await this.caller.ask({ method: 'PUT', path, token, body });
    if (answer?.status === 200) {
      if (life.ackedMs > 0) life.longestSilenceMs = Math.max(life.longestSilenceMs, sentMs - life.ackedMs);
      life.ackedMs = sentMs;
      this.intervalMs = Number(answer.body['next_interval_seconds']) * 1_000;
      return this.schedule(sentMs + this.intervalMs);
    }
    if (answer && LOST.includes(answer.status))
      this.onViolation(`a beat of ${life.name} was answered ${answer.status} ${String(answer.body['code'])}`);
    this.schedule(performance.now() + Math.min(answer?.retryAfterMs ?? FIRST_RETRY_MS, this.intervalMs));
  }

  private schedule(dueMs: number): void {
    if (this.isDead) return;
    this.timer = setTimeout(() => void this.beat(), Math.max(0, dueMs - performance.now()));
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
