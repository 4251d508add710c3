import { SystemClock } from '@vitals/core/time';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { certificate, daysFromNow } from '../../../../../libs/health/test/certificate.js';
import { AddressPolicy } from './address.policy.js';
import { dnsFault, FakeNameResolver } from '../../../test/outbound/fake.name-resolver.js';
import { closeServers, deadPort, letGo, listen, tcpServer } from '../../../test/outbound/test-servers.js';
import type { Destination } from '@vitals/probes';
import { GuardedConnector } from './guarded.connector.js';

const leaf = certificate({ commonName: 'target.test', names: ['target.test'], notAfter: daysFromNow(9) });
const names = new FakeNameResolver({
  'target.test': ['127.0.0.1'],
  'first-refuses.test': ['127.0.0.9', '127.0.0.1'],
  'first-is-silent.test': ['192.0.2.1', '127.0.0.1'],
  'all-refuse.test': ['127.0.0.8', '127.0.0.9'],
  'empty.test': [],
  'absent.test': dnsFault('ENOTFOUND'),
});
const policy = new AddressPolicy(['127.0.0.0/8', '192.0.2.1/32']);
const connector = new GuardedConnector(policy, names, new SystemClock(), leaf.cert);

const connect = (destination: Destination, signal = new AbortController().signal) =>
  connector.connect(destination, signal);

afterAll(closeServers);

describe('GuardedConnector', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    'target.test',
    'TARGET.test.',
    'first-refuses.test',
    'first-is-silent.test',
  ])('connects to %s', async (host) => {
    const server = await tcpServer();
    const socket = await connect({ host, port: server.port });
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  it('fails as the addresses do, when all refuse', async () => {
    await expect(connect({ host: 'all-refuse.test', port: await deadPort() })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      address: '127.0.0.8',
    });
  });

  it.each(['empty.test', 'absent.test'])('fails for %s, which has no address', async (host) => {
    await expect(connect({ host, port: 1 })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('tells what it is doing', async () => {
    const server = await listen(createTlsServer(leaf));
    const steps: string[] = [];
    const destination = { host: 'target.test', port: server.port, tls: { verify: true } };
    const socket = await connector.connect(destination, new AbortController().signal, (step) =>
      steps.push(step),
    );
    socket.destroy();
    expect(steps).toEqual(['resolving the name', 'connecting', 'agreeing on TLS']);
  });

  it('stops waiting for a name when the signal fires', async () => {
    const abort = new AbortController();
    const connected = connect({ host: 'hangs.test', port: 1 }, abort.signal);
    abort.abort(new Error('enough'));
    await expect(connected).rejects.toThrow('enough');
  });

  it('does not begin after the signal has fired', async () => {
    const server = await tcpServer();
    for (const host of ['127.0.0.1', 'target.test'])
      await expect(
        connect({ host, port: server.port }, AbortSignal.abort(new Error('enough'))),
      ).rejects.toThrow('enough');
    expect(server.connections).toHaveLength(0);
  });

  it('leaves no connection open when the signal fires in the middle of the handshake', async () => {
    const server = await tcpServer();
    const abort = new AbortController();
    const connected = connector.connect(
      { host: '127.0.0.1', port: server.port, tls: { verify: false } },
      abort.signal,
      (step) => step === 'agreeing on TLS' && abort.abort(new Error('enough')),
    );
    await expect(connected).rejects.toThrow('enough');
    while (server.connections.length === 0) await new Promise((resume) => setImmediate(resume));
    await letGo(server.connections[0]);
  });
});

describe('GuardedConnector with TLS', () => {
  const secure = async (host: string, more: object = {}) => {
    const asked: (string | false)[] = [];
    const tlsServer = createTlsServer({ ...leaf, ALPNProtocols: ['http/1.1'] }, (socket) =>
      asked.push((socket as TLSSocket & { servername: string | false }).servername),
    );
    tlsServer.on('tlsClientError', () => undefined);
    const { port } = await listen(tlsServer);
    const socket = (await connect({ host, port, tls: { verify: true, ...more } })) as TLSSocket;
    socket.resume();
    while (asked.length === 0) await new Promise((resume) => setImmediate(resume));
    socket.destroy();
    return { socket, asked };
  };

  it('asks for the name, and verifies that one', async () => {
    const { socket, asked } = await secure('target.test', { protocols: ['http/1.1'] });
    expect(socket).toMatchObject({ authorized: true, alpnProtocol: 'http/1.1' });
    expect(asked).toEqual(['target.test']);
  });

  it('asks for the name in the form that certificates have', async () => {
    const { socket, asked } = await secure('TARGET.Test.');
    expect(socket.authorized).toBe(true);
    expect(asked).toEqual(['target.test']);
  });

  it('asks for another name where one is given', async () => {
    const { socket, asked } = await secure('127.0.0.1', { serverName: 'target.test' });
    expect(socket.authorized).toBe(true);
    expect(asked).toEqual(['target.test']);
  });

  it('asks for no name where there is an address only', async () => {
    const { socket, asked } = await secure('127.0.0.1', { verify: false });
    expect(socket.authorized).toBe(false);
    expect(asked).toEqual([false]);
  });

  it.each([
    ['an address that the certificate is not for', '127.0.0.1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a name that the certificate is not for', 'first-refuses.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('refuses %s', async (_what, host, code) => {
    await expect(secure(host)).rejects.toMatchObject({ code });
  });

  it('refuses an authority that is not trusted', async () => {
    const other = certificate({
      commonName: 'target.test',
      names: ['target.test'],
      notAfter: daysFromNow(9),
    });
    const { port } = await listen(createTlsServer(other).on('tlsClientError', () => undefined));
    await expect(connect({ host: 'target.test', port, tls: { verify: true } })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('fails when the connection is closed in the middle of the handshake', async () => {
    const { port } = await tcpServer((socket) => socket.once('data', () => socket.end()));
    await expect(connect({ host: '127.0.0.1', port, tls: { verify: false } })).rejects.toThrow(
      /closed|disconnected/,
    );
  });
});
