import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonAnswer, sendTo } from './control-plane.js';
import { ControlPlaneProcess } from './control-plane-process.js';

/** A control plane in a process, on a file of its own, and a service that it sends headers to. */
export class Shop {
  plane!: ControlPlaneProcess;
  /** What the service was sent last. */
  seen: IncomingHttpHeaders = {};
  readonly folder = mkdtempSync(join(tmpdir(), 'vitals-secrets-'));
  readonly environment = { DATABASE_URL: `sqlite:${join(this.folder, 'vitals.db')}`, LOG_LEVEL: 'debug' };
  private readonly server = createServer((request, response) => {
    this.seen = request.headers;
    response.end();
  });

  /** Nothing of it is shared: any number of them may be open at once. */
  static async opened(test: (shop: Shop) => Promise<void>): Promise<void> {
    const shop = new Shop();
    await once(shop.server.listen(0, '127.0.0.1'), 'listening');
    try {
      await test(shop);
    } finally {
      await shop.plane?.kill();
      shop.server.close();
      rmSync(shop.folder, { recursive: true, force: true });
    }
  }

  url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  ask(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    return sendTo(this.plane.url, method, path, body);
  }

  define(id: string, headers: Record<string, string>): Promise<JsonAnswer> {
    return this.ask('PUT', `/checks/${id}`, { type: 'http', http: { url: this.url(), headers } });
  }

  async start(more: Record<string, string> = {}): Promise<void> {
    this.plane = await ControlPlaneProcess.start({ ...this.environment, ...more });
  }

  /** Everything that lies in the files of the database, the log of it too. */
  stored(): string {
    return readdirSync(this.folder)
      .map((name) => readFileSync(join(this.folder, name), 'latin1'))
      .join('\n');
  }

  /** The check is run now, and the service is sent what it is to be sent. */
  async expectSent(id: string, header: string, value: string): Promise<void> {
    this.seen = {};
    const { body } = await this.ask('POST', `/checks/${id}/runs`);
    expect([body['outcome'], this.seen[header]]).toEqual(['success', value]);
  }
}
