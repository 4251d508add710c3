import type { Caller } from './caller.js';
import { until } from './until.js';

const ADDRESS = { protocol: 'http', address: '127.0.0.1', port: 9 };

/** Services that report that they are well, at a third of the interval that they may be silent for. */
export class ReportingServices {
  private readonly ids: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly caller: Caller,
    private readonly token: string,
    private readonly intervalMs: number,
  ) {}

  get subjects(): readonly string[] {
    return this.ids;
  }

  async start(prefix: string, count: number): Promise<void> {
    for (let at = 0; at < count; at++) {
      const serviceId = `${prefix}-${at}`;
      const check = { interval: this.intervalMs, deregisterCriticalServiceAfter: 0 };
      const body = { serviceId, ...ADDRESS, check };
      await until(async () => {
        const answer = await this.caller.ask({ method: 'POST', path: '/services', token: this.token, body });
        return answer?.status === 200;
      });
      this.ids.push(`${serviceId}:http:127.0.0.1:9`);
    }
    this.timer = setInterval(() => this.report(), this.intervalMs / 3);
    this.report();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private report(): void {
    for (const id of this.ids)
      void this.caller.ask({
        method: 'PUT',
        path: '/services/check',
        token: this.token,
        body: { id, pass: true },
      });
  }
}
