import type { Caller } from './caller.js';
import { until } from './until.js';

/** Something that a cluster acknowledged, and how it is asked for afterwards. */
interface Promised {
  readonly what: string;
  readonly path: string;
  readonly token: string;
}

const EVERY_MS = 500;
/** They never beat, and many of them would be a mass failure. */
const PROVIDER_EACH = 10;
const RESERVED_SECONDS = 3_600;
const AT_ONCE = 10;

/** Goes on creating providers, tokens and reservations, and notes which of them were acknowledged. */
export class Acknowledged {
  private readonly promised: Promised[] = [];
  private timer: NodeJS.Timeout | undefined;
  private count = 0;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly prefix: string,
    private readonly caller: Caller,
    private readonly adminToken: string,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      const number = this.count++;
      const creations = [this.token(number), this.reservation(number)];
      if (number % PROVIDER_EACH === 0) creations.push(this.provider(number));
      for (const creating of creations) {
        const running = creating.finally(() => this.running.delete(running));
        this.running.add(running);
      }
    }, EVERY_MS);
  }

  /** Creates nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running);
  }

  get length(): number {
    return this.promised.length;
  }

  /** What an instance does not know of it. @param asked calls that instance */
  async missingAt(asked: Caller): Promise<string[]> {
    const missing: string[] = [];
    const left = [...this.promised];
    const askNext = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) {
        const status = await statusOf(asked, next);
        if (status !== 200) missing.push(`${next.what} (answered ${status})`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askNext));
    return missing;
  }

  private async provider(number: number): Promise<void> {
    const name = `${this.prefix}-new-${number}`;
    const body = { name, endpoint: 'http://10.0.0.8:8080', service_type: 'new', schema_version: 'v1' };
    const answer = await this.caller.ask({
      method: 'POST',
      path: '/providers',
      token: this.adminToken,
      body,
    });
    if (answer?.status === 201)
      this.note(`provider ${name}`, `/providers/${name}`, String(answer.body['token']));
  }

  private async token(number: number): Promise<void> {
    const body = { kind: 'read-only', description: `${this.prefix} ${number}` };
    const answer = await this.caller.ask({ method: 'POST', path: '/tokens', token: this.adminToken, body });
    if (answer?.status === 201)
      this.note(`token ${number}`, '/providers?max_page_size=1', String(answer.body['token']));
  }

  private async reservation(number: number): Promise<void> {
    const body = { requirement: { cpu: '1m', service_type: 'vm' }, ttl_seconds: RESERVED_SECONDS };
    const call = { method: 'POST', path: '/placement/reservations', token: this.adminToken, body };
    const answer = await this.caller.ask(call);
    const path = `/placement/reservations/${String(answer?.body['id'])}`;
    if (answer?.status === 201) this.note(`reservation ${number}`, path, this.adminToken);
  }

  private note(what: string, path: string, token: string): void {
    this.promised.push({ what, path, token });
  }
}

/** Asked until there is an answer that is final. */
async function statusOf(asked: Caller, { path, token }: Promised): Promise<number> {
  let status = 0;
  await until(async () => {
    const answer = await asked.ask({ method: 'GET', path, token });
    status = answer?.status ?? 0;
    return status !== 0 && status < 500;
  });
  return status;
}
