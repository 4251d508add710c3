import { createServer as createPlainServer } from 'node:net';
import { createServer } from 'node:tls';
import { type Certificate, certificate, daysFromNow } from '../../../test/certificate.js';
import { deadPort, letGo, listen, make, silentServer } from '../../../test/ready-made-check.js';
import { tlsCheck } from './tls-check.js';

const goodFor = (days: number, names = ['localhost']) =>
  certificate({ commonName: 'localhost', names, notAfter: daysFromNow(days + 0.5) });

const serving = ({ key }: Certificate, ...chain: readonly Certificate[]): Promise<number> =>
  listen(createServer({ key, cert: chain.map(({ cert }) => cert).join('') }));

async function checked(leaf: Certificate, settings: object = {}) {
  const port = await serving(leaf, leaf);
  return make(tlsCheck({ host: 'localhost', port, ca: leaf.cert, ...settings })).run();
}

describe('tlsCheck', () => {
  it('tells how many days are left, until when, and of which certificate', async () => {
    const notAfter = daysFromNow(100.5);
    const status = await checked(certificate({ commonName: 'localhost', notAfter }));
    expect(status.state).toBe('UP');
    expect(status.attributes).toEqual({
      daysLeft: 100,
      expiresAt: `${notAfter.toISOString().slice(0, 19)}.000Z`,
      subject: 'localhost',
    });
  });

  it.each([
    ['UP at the days to warn at', 14, {}, 'UP', undefined],
    ['DEGRADED below them', 13, {}, 'DEGRADED', 'days until the certificate expires: 13'],
    ['DEGRADED at the days to fail at', 1, {}, 'DEGRADED', 'days until the certificate expires: 1'],
    ['DOWN below them', 0, {}, 'DOWN', 'days until the certificate expires: 0'],
    ['DOWN once it has expired', -3, {}, 'DOWN', 'the certificate has expired'],
    ['as told: degraded', 59, { warnInDays: 60 }, 'DEGRADED', 'days until the certificate expires: 59'],
    ['as told: down', 29, { expiresInDays: 30 }, 'DOWN', 'days until the certificate expires: 29'],
  ])('is %s', async (_what, days, settings, state, reason) => {
    const status = await checked(goodFor(days), settings);
    expect(status).toMatchObject({ state, reason, attributes: { daysLeft: days } });
  });

  it.each([
    ['an unknown authority', ['localhost'], { ca: goodFor(9).cert }, 'not trusted: '],
    [
      'another name',
      ['other.example'],
      {},
      'the certificate is for another name than localhost: for other.example',
    ],
  ])('is DOWN for %s, unless only the dates matter', async (_what, names, settings, reason) => {
    const leaf = goodFor(100, names);
    expect(await checked(leaf, settings)).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining(reason) as string,
      attributes: { daysLeft: 100 },
    });
    expect(await checked(leaf, { ...settings, verify: false })).toMatchObject({ state: 'UP' });
  });

  it('asks for the name that it was told, and verifies that one', async () => {
    const leaf = goodFor(100, ['shop.example']);
    const asked: string[] = [];
    const server = createServer({
      ...leaf,
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    const settings = {
      host: '127.0.0.1',
      port: await listen(server),
      servername: 'shop.example',
      ca: leaf.cert,
    };
    expect(await make(tlsCheck(settings)).run()).toMatchObject({ state: 'UP' });
    expect(asked).toEqual(['shop.example']);
  });

  it.each([
    ['that is trusted by a newer one', { ca: 'newer' }],
    ['where nobody has to be trusted', { verify: false }],
  ])('passes over an old authority that is sent besides a chain %s', async (_what, settings) => {
    const newer = certificate({ commonName: 'root', names: ['root'], notAfter: daysFromNow(900) });
    const old = certificate({
      commonName: 'root',
      names: ['root'],
      notAfter: daysFromNow(-9),
      sameKeyAs: newer,
    });
    const leaf = certificate({ commonName: 'localhost', notAfter: daysFromNow(90.5), issuer: newer });
    const port = await serving(leaf, leaf, old);
    const ca = 'ca' in settings ? newer.cert : undefined;
    expect(await make(tlsCheck({ host: 'localhost', port, ...settings, ca })).run()).toMatchObject({
      state: 'UP',
      attributes: { daysLeft: 90 },
    });
  });

  it.each([
    ['127.0.0.1', 'UP'],
    ['127.0.0.2', 'DOWN'],
  ])('verifies the address that it was told: %s', async (servername, state) => {
    const leaf = goodFor(100, ['127.0.0.1']);
    expect(await checked(leaf, { servername })).toMatchObject({ state });
  });

  it('counts the whole chain that the server sends', async () => {
    const root = certificate({ commonName: 'root', names: ['root'], notAfter: daysFromNow(900) });
    const middle = certificate({
      commonName: 'middle',
      names: ['middle'],
      notAfter: daysFromNow(5.5),
      issuer: root,
    });
    const leaf = certificate({ commonName: 'localhost', notAfter: daysFromNow(90), issuer: middle });
    const port = await serving(leaf, leaf, middle);
    expect(await make(tlsCheck({ host: 'localhost', port, ca: root.cert })).run()).toMatchObject({
      state: 'DEGRADED',
      reason: 'days until the certificate expires: 5',
    });
  });

  it('is DOWN when nobody listens, and when who listens speaks no TLS', async () => {
    expect(await make(tlsCheck({ host: '127.0.0.1', port: await deadPort() })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
    const plain = await listen(createPlainServer((socket) => socket.resume().end('SSH-2.0-x\r\n')));
    expect(await make(tlsCheck({ host: '127.0.0.1', port: plain })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringMatching(/^the port does not use TLS/) as string,
    });
  });

  it('is DOWN when the connection is closed in the middle of the handshake', async () => {
    const port = await listen(createPlainServer((socket) => socket.once('data', () => socket.end())));
    expect(await make(tlsCheck({ host: '127.0.0.1', port })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringMatching(/before/) as string,
    });
  });

  it('closes its connection when the signal fires in the middle of the handshake', async () => {
    const { port, connected } = await silentServer();
    const abort = new AbortController();
    const running = make(tlsCheck({ host: '127.0.0.1', port })).run(abort.signal);
    const connection = await connected();
    abort.abort(new Error('timed out'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    await letGo(connection);
  });
});

describe('settings of tlsCheck', () => {
  it.each([
    ['a missing host', {}, 'tlsCheck: host is missing;'],
    ['a port over 65535', { host: 'a', port: 70_000 }, 'port is 70000;'],
    ['a wrong name', { host: 'a', servername: 'a b' }, 'servername is "a b";'],
    [
      'days as text',
      { host: 'a', expiresInDays: '7d' },
      'expiresInDays is "7d"; give a number of at least 0',
    ],
    ['negative days', { host: 'a', expiresInDays: -1 }, 'expiresInDays is -1;'],
    [
      'a warning that would come too late',
      { host: 'a', expiresInDays: 30, warnInDays: 7 },
      'warnInDays is 7; give a number of at least 30',
    ],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => tlsCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
