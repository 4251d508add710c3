import {
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a control plane, and answers a page instead of it when it is told to, as a captive portal does. */
export class SignInPage {
  /** The status of the page; `undefined` lets everything through. */
  status: number | undefined;
  /** Headers of the page. */
  headers: Readonly<Record<string, string>> = {};
  /** How often the page was answered. */
  shown = 0;
  url = '';
  private readonly server: Server = createServer((request, response) => this.serve(request, response));

  private constructor(private readonly behind: string) {}

  static async before(url: string): Promise<SignInPage> {
    const page = new SignInPage(url);
    await new Promise<void>((resolve) => page.server.listen(0, '127.0.0.1', resolve));
    page.url = `http://127.0.0.1:${(page.server.address() as AddressInfo).port}`;
    return page;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    if (this.status !== undefined) {
      this.shown++;
      request.resume();
      response.writeHead(this.status, { 'content-type': 'text/html', ...this.headers }).end('<html>sign in');
      return;
    }
    const { method, headers, url } = request;
    const onward = send(`${this.behind}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode as number, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
}
