import type { Socket } from 'node:net';
import { outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, tcpServer } from '../../test/outbound/test-servers.js';

afterEach(closeServers);

/** A frame (RFC 9113 section 4.1) of stream 0. */
function frame(type: number, length: number): Buffer {
  const header = Buffer.from([length >> 16, (length >> 8) & 0xff, length & 0xff, type, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, Buffer.alloc(length)]);
}

const SETTINGS = frame(0x4, 0);
/** Whoever does not know a type has to pass over its frames. */
const UNKNOWN = frame(0xee, 16_000);

function flood(socket: Socket): void {
  const send = (): void => {
    while (!socket.destroyed && socket.write(UNKNOWN));
  };
  socket.write(SETTINGS);
  socket.on('drain', send);
  send();
}

describe('A gRPC server that sends frames without end', () => {
  it('is cut off long before the timeout, and failed', async () => {
    const { port } = await tcpServer(flood);
    const { prober } = outbound();
    const target = {
      kind: 'grpc',
      host: 'target.test',
      port,
      service: '',
      tls: false,
      tlsSkipVerify: false,
    } as const;
    const { outcome, message } = await prober.probe(target, 3_600_000);
    expect([outcome, message]).toEqual(['failure', expect.stringContaining('sends without end')]);
  });
});
