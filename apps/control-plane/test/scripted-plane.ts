import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers commands as it is told to, in place of a control plane. */
export class ScriptedPlane {
  answer: { status: number; body: unknown } = { status: 204, body: '' };
  /** The last request. */
  asked: { url?: string | undefined; authorization?: string | undefined; body: string } | undefined;
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      this.asked = { url: request.url, authorization: request.headers.authorization, body };
      const { status, body: answered } = this.answer;
      const type = status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json';
      response.writeHead(status, { 'content-type': type, connection: 'close' });
      response.end(typeof answered === 'string' ? answered : JSON.stringify(answered));
    });
  });

  start(): Promise<void> {
    return new Promise((resume) => this.server.listen(0, '127.0.0.1', resume));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<unknown> {
    return new Promise((resume) => this.server.close(resume));
  }
}
