import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of what a client sends: `cut` ends its connection before the server gets it, `unanswered` after that. */
export type NetworkFault = 'cut' | 'unanswered';

/** A network between clients and a server on loopback, with faults on demand. */
export class FaultyNetwork {
  private readonly sockets = new Set<Socket>();
  private fault:
    { readonly at: string; readonly kind: NetworkFault; readonly onFault: () => void } | undefined;
  private isDown = false;
  private isMute = false;
  /** By how much everything that the server sends comes later, in milliseconds. */
  delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly upstream: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async before(upstream: number): Promise<FaultyNetwork> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultyNetwork(server, upstream);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Has the connection that sends this text next end with a fault. @param onFault is called once that was so */
  failAt(at: string, kind: NetworkFault, onFault: () => void = () => undefined): void {
    this.fault = { at, kind, onFault };
  }

  /** Ends all connections, and takes none. */
  down(): void {
    this.isDown = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Takes connections, and passes nothing on: both sides wait for each other. */
  mute(): void {
    this.isMute = true;
  }

  /** As before; what lived through a time without an answer is cut, for bytes are missing there. */
  up(): void {
    if (this.isMute) for (const socket of this.sockets) socket.destroy();
    this.isDown = false;
    this.isMute = false;
  }

  async close(): Promise<void> {
    this.down();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.isDown) return void client.destroy();
    const server = connect(this.upstream, '127.0.0.1');
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let isAnswered = true;
    client.on('data', (bytes) => {
      if (this.isMute) return;
      const { fault } = this;
      if (!fault || !bytes.includes(fault.at)) return void server.write(bytes);
      this.fault = undefined;
      isAnswered = false;
      if (fault.kind === 'unanswered') server.once('data', () => end());
      if (fault.kind === 'unanswered') server.write(bytes);
      else end();
      function end(): void {
        fault?.onFault();
        client.destroy();
      }
    });
    server.on('data', (bytes) => {
      if (isAnswered && !this.isMute) this.answer(client, bytes);
    });
  }

  /** Timers of one length end in their order. */
  private answer(client: Socket, bytes: Buffer): void {
    if (this.delayMs === 0) client.write(bytes);
    else setTimeout(() => client.writable && client.write(bytes), this.delayMs);
  }
}
