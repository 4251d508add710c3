import { emptyDatabase } from './empty-database.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, ManualClock } from '@vitals/core/time';
import { createApp } from '../../apps/control-plane/src/app.module.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';

/** A JSON answer. */
export interface JsonAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A clock for a control plane: time passes when a test says so, but what is to be done soon is done, for requests
 * and files are real. A control plane counts no span longer than 250 ms in which it did not look.
 */
export class SteppedClock extends ManualClock {
  override soon(run: () => void): void {
    setImmediate(run);
  }
}

/** A control plane within this process, listening on loopback, as `npm start` sets it up. */
export class TestControlPlane {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  /** @param clock default that of the machine */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    clock?: Clock,
  ): Promise<TestControlPlane> {
    const settings = readSettings({
      DATABASE_URL: await emptyDatabase(),
      PORT: '0',
      LOG_LEVEL: 'error',
      VITALS_DRAIN: '0',
      ...environment,
    });
    const app = await createApp(settings, clock);
    await app.listen(settings.port, settings.host);
    return new TestControlPlane(app, await app.getUrl());
  }

  stop(): Promise<void> {
    return this.app.close();
  }

  /** Sends JSON, or raw text with any media type. */
  async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<JsonAnswer> {
    return sendTo(this.url, method, path, body, type);
  }

  register(name: string, more: object = {}): Promise<JsonAnswer> {
    return this.send('POST', '/providers', registration(name, more));
  }

  beat(name: string, phase = 'Ready', more: object = {}): Promise<JsonAnswer> {
    return this.send('PUT', `/providers/${name}/status`, {
      timestamp: new Date().toISOString(),
      phase,
      ...more,
    });
  }
}

/** Sends JSON to a URL, or raw text with any media type. */
export async function sendTo(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : {}) as JsonAnswer['body'],
  };
}

/** A registration that is valid. */
export function registration(name: string, more: object = {}): object {
  return { name, endpoint: 'http://127.0.0.1:9', service_type: 'vm', schema_version: 'v1', ...more };
}

/** Asks until the answer satisfies, and returns it; fails after `withinMs`. */
export async function until<T>(
  withinMs: number,
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > endMs) throw new Error(`still ${JSON.stringify(answer)} after ${withinMs} ms`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
