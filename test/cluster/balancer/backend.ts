import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const CHECK_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 1_000;
/** An instance that only was slow once keeps its traffic. */
const TIMEOUTS_TO_FALL = 2;

/** An instance behind the load balancer, and whether it says that it is ready. */
export class Backend {
  /** Connections of requests, kept between them. */
  readonly agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  private readonly stopping = new AbortController();
  private ready = false;
  private reachable = false;
  private timeouts = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly port: number,
    private readonly onChange: (backend: Backend, reason: string) => void,
  ) {
    void this.watch();
  }

  get isReady(): boolean {
    return this.ready;
  }

  /** Whether it answered its last check, with whatever. */
  get isReachable(): boolean {
    return this.reachable;
  }

  /** Has `giveUp` called if the instance stops answering before the returned function is called. */
  awaitAnswer(giveUp: () => void): () => void {
    this.waiting.add(giveUp);
    return () => this.waiting.delete(giveUp);
  }

  /** A connection to it was refused: nothing more is sent there until a check passes. */
  refused(): void {
    this.set(false, false, 'refuses connections');
  }

  close(): void {
    this.stopping.abort();
    this.agent.destroy();
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.check();
      await wait(CHECK_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private check(): Promise<void> {
    return new Promise((resolve) => {
      const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
      const options = {
        port: this.port,
        host: '127.0.0.1',
        path: '/health/ready',
        agent: false,
        signal: timeout,
      };
      const request = http.get(options, (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        this.timeouts = 0;
        this.set(statusCode < 300, true, `answers ${statusCode}`);
        resolve();
      });
      request.on('error', () => {
        if (!timeout.aborted) this.set(false, false, 'refuses connections');
        else if (++this.timeouts >= TIMEOUTS_TO_FALL) this.set(false, false, 'does not answer');
        resolve();
      });
    });
  }

  private set(ready: boolean, reachable: boolean, reason: string): void {
    const changes = ready !== this.ready;
    this.ready = ready;
    this.reachable = reachable;
    if (!reachable) for (const giveUp of this.waiting) giveUp();
    if (changes && !this.stopping.signal.aborted) this.onChange(this, reason);
  }
}
