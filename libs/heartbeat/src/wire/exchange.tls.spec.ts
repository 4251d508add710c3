import { once } from 'node:events';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { certificate } from '../../../health/test/certificate.js';
import { exchange } from './exchange.js';

const own = certificate({ commonName: 'own', notAfter: new Date(Date.now() + 30 * 86_400_000) });
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(server: Server): Promise<URL> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return new URL(`https://localhost:${(server.address() as AddressInfo).port}/`);
}

const secure = (options: TlsOptions): Server => {
  const server = createServer({ key: own.key, cert: own.cert, ...options });
  server.on('tlsClientError', () => undefined);
  return server;
};

const plain = (greeting: string): Server =>
  createPlainServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end(greeting),
  );

describe('An exchange over TLS that fails', () => {
  it.each([
    [
      'HTTP',
      plain('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'the port does not use TLS; connect without TLS, or to another port',
    ],
    ['SMTP', plain('220 ready\r\n'), 'the port does not use TLS; connect without TLS, or to another port'],
    ['nothing', plain(''), 'the connection was closed before TLS was agreed on'],
    [
      'TLS with a certificate of its own',
      secure({}),
      'the certificate is not trusted: it is self-signed; give it as ca to trust it',
    ],
    [
      'TLS below 1.2',
      secure({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      'no common TLS version: the server accepts none of those that are offered',
    ],
    [
      'TLS with another cipher',
      secure({ maxVersion: 'TLSv1.2', ciphers: 'RC4-SHA:DHE-DSS-AES128-SHA:AES128-SHA' }),
      'the server refuses the TLS handshake: there is no common version or cipher, or it requires a client certificate',
    ],
  ])('says so in words, where the server speaks %s', async (_what, server, reason) => {
    const url = await listen(server);
    const reply = await exchange({
      method: 'GET',
      url,
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    expect(reply).toMatchObject({ status: 0, reason });
  });
});
