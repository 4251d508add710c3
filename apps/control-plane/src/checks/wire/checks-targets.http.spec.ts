import { certificate, daysFromNow } from '../../../../../libs/health/test/certificate.js';
import { dnsServer, RECORD } from '../../../../../libs/health/test/dns-server.js';
import { strictServer } from '../../../../../libs/health/test/strict-servers.js';
import { type JsonAnswer, TestControlPlane } from '../../../../../test/support/control-plane.js';
import { healthTargetOf } from '../../providers/registration.controller.js';
import { httpTargetOf } from '../../services/service.instance.js';
import { outbound } from '../../../test/outbound/outbound-fixture.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
});
afterAll(() => plane.stop());

const notAfter = daysFromNow(90);
const root = certificate({ commonName: 'root', notAfter });
const leaf = certificate({ commonName: 'shop', names: ['shop.test'], notAfter, issuer: root });
const client = certificate({ commonName: 'vitals', notAfter, issuer: root });

async function defined(id: string, body: object): Promise<JsonAnswer> {
  const answer = await plane.send('PUT', `/checks/${id}`, { interval: '1h', ...body });
  expect([200, 201]).toContain(answer.status);
  return answer;
}

const ran = async (id: string): Promise<JsonAnswer['body']> =>
  (await plane.send('POST', `/checks/${id}/runs`)).body;

describe('A check over TLS that is defined through the API', () => {
  it('shows its certificate, tells nobody its key, and keeps it when it is sent back', async () => {
    const { port } = await strictServer('https', { certificate: leaf, clientCa: root.cert });
    const http = {
      url: `https://127.0.0.1:${port}/`,
      ca: root.cert,
      server_name: 'shop.test',
      client_certificate: client.cert,
      client_key: client.key,
    };
    const { body } = await defined('shop', { type: 'http', http });
    expect(body['http']).toMatchObject({ ...http, client_key: '<redacted>' });
    expect(await ran('shop')).toMatchObject({ outcome: 'success', message: 'answered 200' });
    await defined('shop', body);
    expect(await ran('shop')).toMatchObject({ outcome: 'success' });
    const { client_certificate: _certificate, client_key: _key, ...without } = http;
    await defined('shop', { type: 'http', http: without });
    expect(await ran('shop')).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('requires a client certificate') as string,
    });
  });

  it('is refused with a sentence for a key that belongs to another', async () => {
    const tls = { host: '127.0.0.1', port: 443, client_certificate: client.cert, client_key: leaf.key };
    const { status, body } = await plane.send('POST', '/checks', { type: 'tls', tls });
    expect([status, body['errors']]).toEqual([
      422,
      [{ pointer: '/tls/client_key', detail: expect.stringContaining('does not belong to') as string }],
    ]);
    expect(JSON.stringify(body)).not.toContain('PRIVATE');
  });
});

describe('A check of DNS that is defined through the API', () => {
  it('finds what a server says, and is listed by its type', async () => {
    const { server } = await dnsServer({ 'shop.example': { [RECORD.A]: [Buffer.from([192, 0, 2, 1])] } });
    const dns = { name: 'shop.example', record: 'A', expected: ['192.0.2.1'], server };
    const { body } = await defined('address', { type: 'dns', dns });
    expect(body['dns']).toEqual(dns);
    expect(await ran('address')).toMatchObject({ outcome: 'success', message: 'A is 192.0.2.1' });
    const listed = await plane.send('GET', '/checks?type=dns');
    expect((listed.body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(['address']);
  });

  it('is refused for a server that the settings deny, and says where it is named', async () => {
    const dns = { name: 'shop.example', record: 'A', server: '169.254.169.254:53' };
    const { status, body } = await plane.send('PUT', '/checks/metadata', { type: 'dns', dns });
    expect([status, body]).toMatchObject([
      422,
      { code: 'check-invalid', errors: [{ pointer: '/dns/server' }] },
    ]);
  });
});

describe('A strict server on IPv6', () => {
  it.each<[string, (port: number) => Parameters<ReturnType<typeof outbound>['prober']['probe']>[0]]>([
    [
      'registered service',
      (port) => {
        const check = {
          healthPath: '/h/',
          tlsSkipVerify: false,
          interval: 1_000,
          deregisterCriticalServiceAfter: 0,
        };
        const target = httpTargetOf({ serviceId: 'shop', protocol: 'http', address: '::1', port, check });
        return target as NonNullable<typeof target>;
      },
    ],
    ['provider', (port) => healthTargetOf(`http://[::1]:${port}/base`, '/healthz')],
  ])('is named rightly by the check of a %s', async (_whose, targetOf) => {
    const server = await strictServer('http');
    const { prober } = outbound({ allowCidrs: ['::1/128'] });
    expect(await prober.probe(targetOf(server.port), 10_000)).toMatchObject({ outcome: 'success' });
    expect(server.authorities).toEqual([`[::1]:${server.port}`]);
  });
});
