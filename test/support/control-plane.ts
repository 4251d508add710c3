import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/control-plane/src/create-app.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';

/** A JSON answer. */
export interface JsonAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A control plane within this process, listening on loopback, as `npm start` sets it up. */
export class TestControlPlane {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestControlPlane> {
    const settings = readSettings({
      DATABASE_URL: 'sqlite::memory:',
      PORT: '0',
      LOG_LEVEL: 'error',
      ...environment,
    });
    const app = await createApp(settings);
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
): Promise<JsonAnswer> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
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
