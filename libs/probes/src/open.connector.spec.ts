import { once } from 'node:events';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { certificate, daysFromNow } from '../../health/test/certificate.js';
import { deadPort, letGo, listen, silentServer } from '../../health/test/ready-made-check.js';
import { OpenConnector } from './dial.js';

const connector = new OpenConnector();
const never = new AbortController().signal;

describe('An open connector', () => {
  it('connects to a name or an address, whatever it is', async () => {
    const { port } = await silentServer();
    for (const host of ['localhost', '127.0.0.1']) {
      const socket = await connector.connect({ host, port }, never);
      expect(socket.remotePort).toBe(port);
      socket.destroy();
    }
    expect(await connector.addressesOf('127.0.0.1', never)).toEqual(['127.0.0.1']);
  });

  it('rejects with the error of the socket', async () => {
    const port = await deadPort();
    await expect(connector.connect({ host: '127.0.0.1', port }, never)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('leaves nothing open when the signal fires while TLS is agreed on', async () => {
    const { port, connected } = await silentServer();
    const abort = new AbortController();
    const connecting = connector.connect({ host: '127.0.0.1', port, tls: { verify: true } }, abort.signal);
    const rejected = expect(connecting).rejects.toThrow('late');
    const accepted = await connected();
    abort.abort(new Error('late'));
    await rejected;
    await letGo(accepted);
  });

  it('asks for the name that is meant, and compares the certificate with it', async () => {
    const { key, cert } = certificate({
      commonName: 'shop.example',
      names: ['shop.example'],
      notAfter: daysFromNow(1),
    });
    const server = createTlsServer({ key, cert });
    const port = await listen(server);
    const tls = { verify: true, ca: cert, serverName: 'shop.example' };
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = await connector.connect({ host: '127.0.0.1', port, tls }, never);
    const [accepted] = await secured;
    expect(accepted.servername).toBe('shop.example');
    socket.destroy();
    server.on('tlsClientError', () => undefined);
    await expect(
      connector.connect({ host: '127.0.0.1', port, tls: { ...tls, serverName: 'other.example' } }, never),
    ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});
