import type { GrpcTarget, HttpTarget, TlsTarget } from '@vitals/core/check';
import { certificate, daysFromNow } from '../../../../../libs/health/test/certificate.js';
import { faultsOf } from '../../../test/checks/check-body-faults.js';
import { readBody } from '../../http/validation.js';
import { CheckDto } from './check.dto.js';
import { definedBody, definitionOf } from './check.body.js';

const notAfter = daysFromNow(90);
const root = certificate({ commonName: 'root', notAfter });
const alice = certificate({ commonName: 'alice', notAfter, issuer: root });
const bob = certificate({ commonName: 'bob', notAfter, issuer: root });
const encrypted = alice.privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
}) as string;
const pair = { client_certificate: alice.cert, client_key: alice.key };

const TARGETS = {
  http: { url: 'https://shop.example.org/health' },
  grpc: { host: 'shop.example.org', port: 443, tls: true },
  tls: { host: 'shop.example.org', port: 443 },
};
type Type = keyof typeof TARGETS;
const TYPES = Object.keys(TARGETS) as Type[];

const bodyOf = (type: Type, more: object, place: object = {}): object => ({
  type,
  [type]: { ...TARGETS[type], ...place, ...more },
});

async function targetOf(
  body: object,
  known?: Parameters<typeof definitionOf>[2],
): Promise<HttpTarget | GrpcTarget | TlsTarget> {
  const { target } = definitionOf(await readBody(CheckDto, body), 'shop', known);
  return target as HttpTarget | GrpcTarget | TlsTarget;
}

describe.each(TYPES)('What a check of type %s says of TLS', (type) => {
  it('is read in one form', async () => {
    const more = { ca: root.cert, server_name: 'Shop.Example', ...pair, verify: false };
    expect(await targetOf(bodyOf(type, more))).toMatchObject({
      ca: root.cert,
      serverName: 'shop.example',
      clientCertificate: alice.cert,
      clientKey: alice.key,
      tlsSkipVerify: true,
    });
  });

  it.each<[string, object, string, RegExp]>([
    ['a ca that is no PEM', { ca: 'MIIB' }, 'ca', /text that begins with "-----BEGIN CERTIFICATE-----"/],
    ['a ca that is not a string', { ca: 7 }, 'ca', /must be certificates as PEM/],
    ['too long a ca', { ca: root.cert.repeat(40) }, 'ca', /of at most 16384 characters/],
    ['a key as ca', { ca: root.key }, 'ca', /must not hold a private key; that belongs in client_key/],
    [
      'a ca of which one is damaged',
      { ca: root.cert + root.cert.replace(/\n[A-Za-z0-9+/]{9}/, '\n') },
      'ca',
      /cannot be read: number 2 of 2/,
    ],
    [
      'a request in place of a certificate',
      { ca: '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----' },
      'ca',
      /certificates alone, and has a block "CERTIFICATE REQUEST"/,
    ],
    ['a server name with a port', { server_name: 'shop:443' }, 'server_name', /without a port/],
    [
      'a certificate without its key',
      { client_certificate: alice.cert },
      'client_certificate',
      /needs client_key/,
    ],
    ['a key without its certificate', { client_key: alice.key }, 'client_key', /needs client_certificate/],
    [
      'the key of another',
      { ...pair, client_key: bob.key },
      'client_key',
      /does not belong to client_certificate/,
    ],
    ['an encrypted key', { ...pair, client_key: encrypted }, 'client_key', /is encrypted.*give it decrypted/],
    [
      'a certificate as key',
      { ...pair, client_key: alice.cert },
      'client_key',
      /is a certificate; give the private/,
    ],
    ['no PEM as key', { ...pair, client_key: 'hunter2' }, 'client_key', /must be a private key as PEM/],
    [
      'too long a key',
      { ...pair, client_key: 'a'.repeat(8_193) },
      'client_key',
      /of at most 8192 characters/,
    ],
    ['perhaps to verify', { verify: 'no' }, 'verify', /true or false/],
  ])('is refused with %s', async (_what, more, member, detail) => {
    const faults = await faultsOf(bodyOf(type, more));
    expect(faults).toEqual([
      { pointer: `/${type}/${member}`, detail: expect.stringMatching(detail) as string },
    ]);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('is told without the key, and defines the same when it is sent back', async () => {
    const definition = definitionOf(
      await readBody(CheckDto, bodyOf(type, { ca: root.cert, ...pair })),
      'shop',
    );
    const told = definedBody(definition);
    expect(told[type]).toMatchObject({ client_certificate: alice.cert, client_key: '<redacted>' });
    expect(await targetOf(told, definition)).toEqual(definition.target);
  });

  it('is told with a reference to the key, for that is no secret', async () => {
    const client_key = 'env:VITALS_CHECK_SECRET_ALICE';
    const definition = definitionOf(await readBody(CheckDto, bodyOf(type, { ...pair, client_key })), 'shop');
    expect(definedBody(definition)[type]).toMatchObject({ client_key });
  });

  it.each<[string, object, object, RegExp]>([
    [
      'another server',
      {},
      type === 'http' ? { url: 'https://evil.example.org/' } : { port: 444 },
      /stands for nothing here/,
    ],
    ['another certificate', { client_certificate: bob.cert }, {}, /does not belong .*; say the new key/],
  ])('keeps no key for %s', async (_what, more, place, detail) => {
    const known = definitionOf(await readBody(CheckDto, bodyOf(type, pair)), 'shop');
    const again = bodyOf(type, { ...pair, client_key: '<redacted>', ...more }, place);
    await expect(targetOf(again, known)).rejects.toMatchObject({
      code: 'request-invalid',
      faults: [{ pointer: `/${type}/client_key`, detail: expect.stringMatching(detail) as string }],
    });
  });

  it('keeps no key that nobody gave', async () => {
    const known = definitionOf(await readBody(CheckDto, bodyOf(type, {})), 'shop');
    const again = bodyOf(type, { ...pair, client_key: '<redacted>' });
    await expect(targetOf(again, known)).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(targetOf(again)).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('Both spellings of a certificate that need not be trusted', () => {
  it.each<[object, boolean]>([
    [{}, false],
    [{ tls_skip_verify: true }, true],
    [{ verify: false }, true],
    [{ tls_skip_verify: true, verify: false }, true],
    [{ tls_skip_verify: false, verify: true }, false],
  ])('mean one thing: %j', async (more, tlsSkipVerify) => {
    expect(await targetOf(bodyOf('http', more))).toMatchObject({ tlsSkipVerify });
    expect(await targetOf(bodyOf('grpc', more))).toMatchObject({ tlsSkipVerify });
  });

  it.each(['http', 'grpc'] as const)('must not say the opposite: %s', async (type) => {
    const pointer = `/${type}/verify`;
    const detail = 'says the opposite of tls_skip_verify; leave that out';
    for (const one of [true, false]) {
      const more = { verify: one, tls_skip_verify: one };
      expect(await faultsOf(bodyOf(type, more))).toEqual([{ pointer, detail }]);
    }
  });
});

describe('Where no TLS is spoken', () => {
  it.each([
    ['http', { url: 'http://shop.example.org/' }, 'needs a URL that begins with https://'],
    ['grpc', { tls: false }, 'needs tls: without it there is no certificate'],
  ] as const)('nothing can be said of it: %s', async (type, place, detail) => {
    const more = { ca: root.cert, server_name: 'shop', ...pair, verify: false };
    const faults = await faultsOf(bodyOf(type, more, place));
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(
      ['ca', 'client_certificate', 'server_name', 'verify'].map((member) => `/${type}/${member}`),
    );
    for (const fault of faults) expect(fault.detail).toContain(detail);
  });
});

describe('The authority of a gRPC call', () => {
  it.each(['orders.mesh', 'orders.mesh:443', '192.0.2.1:80', '[2001:db8::1]:443', '[2001:db8::1]'])(
    'is %s as it was said',
    async (authority) => {
      const body = bodyOf('grpc', { authority });
      expect(await targetOf(body)).toMatchObject({ authority });
      const definition = definitionOf(await readBody(CheckDto, body), 'shop');
      expect(definedBody(definition).grpc).toMatchObject({ authority });
    },
  );

  it.each(['', 'a b', '2001:db8::1', 'http://a', 'user@a', 'a:99999', 'a/b', 7])(
    'is not %j',
    async (authority) => {
      expect(await faultsOf(bodyOf('grpc', { authority }))).toEqual([
        {
          pointer: '/grpc/authority',
          detail: expect.stringContaining('must be a host, with a port') as string,
        },
      ]);
    },
  );
});
