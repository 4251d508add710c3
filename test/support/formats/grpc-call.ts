import { status as codes } from '@grpc/grpc-js';
import { grpcClient } from '../../../libs/health/test/grpc-app.js';
import { block } from './exchange.js';

type Client = ReturnType<typeof grpcClient>;

/** A client of the official proto for an app of the page; `Check`, `List` and `Watch` write their exchange. */
export class GrpcCalls {
  private readonly client: Client;

  constructor(port: number) {
    this.client = grpcClient(port);
  }

  async check(service: string): Promise<string> {
    return this.write('Check', { service }, () => this.client.check(service).then((status) => [{ status }]));
  }

  async list(): Promise<string> {
    return this.write('List', {}, async () => {
      const statuses = Object.entries(await this.client.list());
      return [{ statuses: Object.fromEntries(statuses.map(([name, status]) => [name, { status }])) }];
    });
  }

  /** Watches a service while `change` happens, for as many messages as are `told`. */
  async watch(service: string, told: number, change: () => unknown = () => undefined): Promise<string> {
    return this.write('Watch', { service }, async () => {
      const watching = this.client.watch(service);
      const messages = [{ status: await watching.next() }];
      await change();
      while (messages.length < told) messages.push({ status: await watching.next() });
      watching.cancel();
      return messages;
    });
  }

  private async write(method: string, request: object, call: () => Promise<object[]>): Promise<string> {
    const asked = `grpc.health.v1.Health/${method} ${JSON.stringify(request)}`;
    const answered = await call().then(
      (messages) => messages.map((message) => JSON.stringify(message, undefined, 2)),
      (error: { code: number; details: string }) => [`${codes[error.code]}: ${error.details}`],
    );
    return block([asked, ...answered].join('\n'));
  }
}
