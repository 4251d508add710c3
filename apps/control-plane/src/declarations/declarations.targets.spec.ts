import { certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import { DeclarationsFixture, type Document } from '../../test/checks/declarations-fixture.js';

let fixture: DeclarationsFixture;

beforeEach(async () => {
  fixture = await DeclarationsFixture.start();
});

const notAfter = daysFromNow(90);
const client = certificate({ commonName: 'client', notAfter });
const other = certificate({ commonName: 'client', notAfter });

const check = (type: string, target: object): Document => ({ checks: [{ id: 'one', type, [type]: target }] });
const tls = (more: object): Document => check('tls', { host: '10.0.0.7', port: 443, ...more });

describe('The targets that a file declares', () => {
  it('may have a client certificate, whose key is told to nobody, and found to have changed all the same', async () => {
    const pairOf = ({ cert, key }: typeof client) => ({ client_certificate: cert, client_key: key });
    const { create } = await fixture.apply(tls(pairOf(client)));
    expect(create).toEqual([{ kind: 'check', id: 'one', summary: 'tls 10.0.0.7:443 every 10s' }]);
    expect((await fixture.apply(tls(pairOf(client)))).unchanged).toBe(1);
    const { change } = await fixture.apply(tls(pairOf(other)));
    expect(JSON.stringify(change)).not.toContain('PRIVATE KEY');
    expect(change[0]?.fields.map(({ pointer }) => pointer)).toEqual([
      '/tls/client_certificate',
      '/tls/client_key',
    ]);
    expect(fixture.checks.get('one').definition.target).toMatchObject({ clientKey: other.key });
  });

  it('say a key in full, for it may have to be defined where nothing is known', async () => {
    const redacted = { client_certificate: client.cert, client_key: '<redacted>' };
    await fixture.apply(tls({ client_certificate: client.cert, client_key: client.key }));
    expect(await fixture.faultsOf(tls(redacted))).toEqual([
      expect.stringContaining('/checks/0/tls/client_key: <redacted> stands for nothing here'),
    ]);
  });

  it.each([
    [{ name: 'Shop.example.', record: 'A' }, 'dns A shop.example every 10s'],
    [
      { name: 'shop.example', record: 'MX', server: '[fd00::53]:53' },
      'dns MX shop.example at [fd00::53]:53 every 10s',
    ],
  ])('may be names: %j', async (dns, summary) => {
    const { create } = await fixture.apply(check('dns', dns));
    expect(create).toEqual([{ kind: 'check', id: 'one', summary }]);
    expect((await fixture.apply(check('dns', dns))).unchanged).toBe(1);
  });

  it('are refused where the settings deny whom a name is asked of', async () => {
    const [fault = ''] = await fixture.faultsOf(
      check('dns', { name: 'shop.example', record: 'A', server: '169.254.169.254' }),
    );
    expect(fault).toMatch(/^\/checks\/0\/dns\/server: .*VITALS_CHECK_ALLOW_CIDRS/);
  });
});
