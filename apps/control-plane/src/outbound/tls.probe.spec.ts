import { ManualClock } from '@vitals/core/time';
import { createServer } from 'node:tls';
import { type Certificate, certificate } from '../../../../libs/health/test/certificate.js';
import { outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, listen, saying } from '../../test/outbound/test-servers.js';

afterEach(closeServers);

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2090, 5, 15, 12);

const until = (notAfterMs: number, more: object = {}): Certificate =>
  certificate({
    commonName: 'target.test',
    names: ['target.test'],
    notBefore: new Date(Date.UTC(2020, 0, 1)),
    notAfter: new Date(notAfterMs),
    ...more,
  });

/** Looks at a server with a chain, `leftMs` before the end of the century's certificate. */
async function looked(leftMs: number, chain: readonly Certificate[], more: object = {}, ca = chain.at(-1)) {
  const [leaf] = chain as [Certificate];
  const server = createServer({ key: leaf.key, cert: chain.map(({ cert }) => cert).join('') });
  const { port } = await listen(server.on('tlsClientError', () => undefined));
  const { prober } = outbound({ clock: new ManualClock(END_MS - leftMs), ...(ca ? { ca: ca.cert } : {}) });
  const target = { kind: 'tls', host: 'target.test', port, warnBeforeMs: 14 * DAY_MS, ...more } as const;
  return prober.probe(target, 10_000);
}

describe('TlsProbe', () => {
  it.each([
    ['long before', 100 * DAY_MS, 'success', 'the certificate expires on 2090-06-15 12:00 UTC, in 100 days'],
    ['just before the warning', 14 * DAY_MS + 1, 'success', 'in 14 days'],
    ['at the warning', 14 * DAY_MS, 'warning', 'the certificate expires on 2090-06-15 12:00 UTC, in 14 days'],
    ['in the last day', DAY_MS / 2, 'warning', 'in 12 hours'],
    ['in the last millisecond', 1, 'warning', 'in 1 ms'],
  ])('tells %s until when the certificate is good', async (_when, leftMs, outcome, message) => {
    const result = await looked(leftMs, [until(END_MS)]);
    expect(result).toMatchObject({ outcome, message: expect.stringContaining(message) as string });
  });

  it('fails for a certificate that has expired', async () => {
    expect(await looked(0, [until(Date.UTC(2021, 0, 1))])).toMatchObject({
      outcome: 'failure',
      message: 'the certificate expired on 2021-01-01 00:00 UTC',
    });
  });

  it('warns of the first of the chain that expires', async () => {
    const root = until(END_MS + 900 * DAY_MS, { commonName: 'root', names: ['root'] });
    const middle = until(END_MS, { commonName: 'middle', names: ['middle'], issuer: root });
    const leaf = until(END_MS + 90 * DAY_MS, { issuer: middle });
    expect(await looked(5 * DAY_MS, [leaf, middle], {}, root)).toMatchObject({
      outcome: 'warning',
      message: 'the certificate expires on 2090-06-15 12:00 UTC, in 5 days',
    });
  });

  it('passes over an old authority that is sent besides a chain that is trusted by a newer one', async () => {
    const newer = until(END_MS + 900 * DAY_MS, { commonName: 'root', names: ['root'] });
    const old = until(Date.UTC(2021, 0, 1), { commonName: 'root', names: ['root'], sameKeyAs: newer });
    const result = await looked(90 * DAY_MS, [until(END_MS, { issuer: newer }), old], {}, newer);
    expect(result).toMatchObject({
      outcome: 'success',
      message: expect.stringContaining('in 90 days') as string,
    });
  });

  it('fails for an authority that is not known', async () => {
    expect(await looked(DAY_MS * 99, [until(END_MS)], {}, until(END_MS))).toMatchObject({
      outcome: 'failure',
      message: 'the certificate is not trusted: it is self-signed; give it as ca to trust it',
    });
  });

  it('fails for a certificate that is not valid yet', async () => {
    const early = until(END_MS, { notBefore: new Date(END_MS - DAY_MS) });
    expect(await looked(DAY_MS * 99, [early])).toMatchObject({ message: 'the certificate is not valid yet' });
  });

  it.each([
    [{ host: '127.0.0.1' }, 'failure', 'the certificate is for another name'],
    [{ host: '127.0.0.1', serverName: 'target.test' }, 'success', 'the certificate expires'],
    [{ serverName: 'other.test' }, 'failure', 'the certificate is for another name'],
  ])('verifies the name: %j', async (more, outcome, message) => {
    const result = await looked(99 * DAY_MS, [until(END_MS)], more);
    expect(result).toMatchObject({ outcome, message: expect.stringContaining(message) as string });
  });

  it.each([
    ['end', 'notAfter'],
    ['beginning', 'notBefore'],
  ])(
    'fails for a certificate whose %s is no date, also where nobody has to trust it',
    async (_what, field) => {
      const odd = until(END_MS, { [field]: { getTime: () => 0, toISOString: () => '2089-13-41T99:00:00Z' } });
      for (const tlsSkipVerify of [true, false])
        expect(await looked(99 * DAY_MS, [odd], { tlsSkipVerify })).toMatchObject({ outcome: 'failure' });
    },
  );

  it('fails where nobody speaks TLS', async () => {
    const { port } = await saying('HTTP/1.1 400 Bad Request\r\n\r\n');
    const target = { kind: 'tls', host: 'target.test', port, warnBeforeMs: 0 } as const;
    expect(await outbound().prober.probe(target, 10_000)).toMatchObject({ outcome: 'failure' });
  });
});
