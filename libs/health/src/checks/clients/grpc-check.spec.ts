import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatusMap } from 'grpc-health-check';
import { certificate, daysFromNow } from '../../../test/certificate.js';
import { closeAfterTest, deadPort, make, silentServer } from '../../../test/ready-made-check.js';
import { grpcCheck } from './grpc-check.js';

/** The health service of grpc-health-check on a real server; `health` changes what it says. */
async function serving(statuses: ServingStatusMap, port = 0, keys = ServerCredentials.createInsecure()) {
  const server = new Server();
  const health = new HealthImplementation(statuses);
  health.addToServer(server);
  const bound = await bind(server, port, keys);
  closeAfterTest({ close: (done) => (server.forceShutdown(), done?.()) });
  return { server, health, address: `127.0.0.1:${bound}` };
}

function bind(server: Server, port: number, keys: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, keys, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
}

/** Resolves once no connection is left. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.tryShutdown((error) => (error ? reject(error) : resolve()));
  });
}

const bytes = { serialize: (message: Buffer) => message, deserialize: (message: Buffer) => message };

/** The health service as far as its path goes. */
const HANGING = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  },
};

describe('grpcCheck', () => {
  it('is UP when the server says that it serves', async () => {
    const { address } = await serving({ '': 'SERVING' });
    expect(await make(grpcCheck({ address })).run()).toMatchObject({
      state: 'UP',
      attributes: { address, service: '', servingStatus: 'SERVING' },
    });
  });

  it.each([
    ['says that it does not serve', 'ledger', 'the server says NOT_SERVING'],
    ['does not know', 'gone', 'NOT_FOUND: '],
  ])('is DOWN for a service that the server %s', async (_what, service, reason) => {
    const { address } = await serving({ '': 'SERVING', ledger: 'NOT_SERVING' });
    expect(await make(grpcCheck({ address, service })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining(reason) as string,
      attributes: { service },
    });
  });

  it('follows what the server says', async () => {
    const { address, health } = await serving({ '': 'SERVING' });
    const check = make(grpcCheck({ address }));
    expect((await check.run()).state).toBe('UP');
    health.setStatus('', 'NOT_SERVING');
    expect((await check.run()).state).toBe('DOWN');
  });

  it('is DOWN for a server without health', async () => {
    const server = new Server();
    const port = await bind(server, 0, ServerCredentials.createInsecure());
    closeAfterTest({ close: (done) => (server.forceShutdown(), done?.()) });
    expect(await make(grpcCheck({ address: `127.0.0.1:${port}` })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining('UNIMPLEMENTED: ') as string,
    });
  });

  it('is DOWN while nobody listens, and UP in the first run after the server is back', async () => {
    const port = await deadPort();
    const check = make(grpcCheck({ address: `127.0.0.1:${port}` }));
    for (let runs = 0; runs < 3; runs++) {
      expect(await check.run()).toMatchObject({
        state: 'DOWN',
        reason: expect.stringMatching(/^UNAVAILABLE: .*ECONNREFUSED/) as string,
      });
    }
    await serving({ '': 'SERVING' }, port);
    expect(await check.run()).toMatchObject({ state: 'UP' });
  });

  it('asks over TLS with the credentials that it was given', async () => {
    const { cert, key } = certificate({ commonName: 'localhost', notAfter: daysFromNow(10) });
    const [certificates, privateKey] = [Buffer.from(cert), Buffer.from(key)];
    const keys = ServerCredentials.createSsl(null, [{ cert_chain: certificates, private_key: privateKey }]);
    const { address } = await serving({ '': 'SERVING' }, 0, keys);
    const settings = { address, channelOptions: { 'grpc.ssl_target_name_override': 'localhost' } };
    const trusting = grpcCheck({ ...settings, credentials: credentials.createSsl(certificates) });
    expect(await make(trusting).run()).toMatchObject({ state: 'UP' });
    expect(await make(grpcCheck(settings)).run()).toMatchObject({ state: 'DOWN' });
  });

  it('closes its connection when the signal fires before an answer', async () => {
    const server = new Server();
    const called = new Promise<void>((resolve) => {
      server.addService(HANGING, { check: () => resolve() });
    });
    const port = await bind(server, 0, ServerCredentials.createInsecure());
    const abort = new AbortController();
    const running = make(grpcCheck({ address: `127.0.0.1:${port}` })).run(abort.signal);
    await called;
    abort.abort(new Error('timed out'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    await shutDown(server);
  });

  it('owes a server one connection that leaves the handshake open, however often it is asked', async () => {
    const { port, connections, connected } = await silentServer();
    const check = make(grpcCheck({ address: `127.0.0.1:${port}` }));
    for (let runs = 0; runs < 3; runs++) {
      const abort = new AbortController();
      const running = check.run(abort.signal);
      await connected();
      abort.abort(new Error('timed out'));
      expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    }
    expect(connections).toHaveLength(1);
  });

  it('closes its connection when the app ends, and opens no other', async () => {
    const { address, server } = await serving({ '': 'SERVING' });
    const check = make(grpcCheck({ address }));
    await check.run();
    check.instance.onApplicationShutdown();
    await shutDown(server);
    expect(await check.run()).toMatchObject({ state: 'DOWN', reason: 'the app has shut down' });
  });
});

describe('settings of grpcCheck', () => {
  it.each([
    ['a missing address', {}, 'grpcCheck: address is missing; give "host:port"'],
    ['a URL', { address: 'http://a:1' }, 'address is "http://a:1"; give "host:port", without http://'],
    ['an address without a port', { address: 'ledger' }, 'give it with its port, "host:port"'],
    ['a port over 65535', { address: 'ledger:70000' }, 'port is 70000; give a whole number from 1 to 65535'],
    ['IPv6 without brackets', { address: '::1:50051' }, 'give an IPv6 address in brackets, with its port'],
    ['IPv6 that may end in a port', { address: '::1:8080' }, 'such as "[::1]:50051"'],
    ['IPv6 without a port', { address: '[::1]' }, 'such as "[::1]:50051"'],
    ['a port over 65535 behind IPv6', { address: '[::1]:70000' }, 'port is 70000; give a whole number'],
    ['a service that is no name', { address: 'a:1', service: 5 }, 'service is 5; give the name of a service'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => grpcCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([['ledger:50051'], ['[::1]:50051'], ['dns:///ledger:50051'], ['unix:/run/ledger.sock']])(
    'accept %s',
    (address) => {
      expect(() => grpcCheck({ address })).not.toThrow();
    },
  );
});
