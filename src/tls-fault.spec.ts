import fc from 'fast-check';
import { errorMessage, tlsFault, tlsMeaning, withoutOpenSslErrors } from './tls-fault.js';

const SOURCE = '../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:';
const raw = (reason: string, more = ''): string =>
  `802CCFC5277F0000:error:0A000410:SSL routines:ssl3_read_bytes:${reason}:${SOURCE}${more}\n`;
const NO_TLS = 'the port does not use TLS; connect without TLS, or to another port';
const NEEDS_CERTIFICATE = 'the server requires a client certificate, and none was given';

describe('An error of TLS', () => {
  it.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', NO_TLS],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long', NO_TLS],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required', NEEDS_CERTIFICATE],
    [
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'sslv3 alert handshake failure',
      'the server refuses the TLS handshake: there is no common version or cipher, or it requires a client certificate',
    ],
    [
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'ssl/tls alert handshake failure',
      'the server refuses the TLS handshake: there is no common version or cipher, or it requires a client certificate',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'tlsv1 alert protocol version',
      'no common TLS version: the server accepts none of those that are offered',
    ],
    [
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'unsupported protocol',
      'no common TLS version: the server accepts none of those that are offered',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
      'tlsv1 alert no application protocol',
      'no common protocol over TLS: the server offers none of those that are requested (ALPN)',
    ],
    [
      'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
      'tlsv1 unrecognized name',
      'the server does not know the requested name (SNI)',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'tlsv1 alert unknown ca',
      'the server does not trust the client certificate',
    ],
    [
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'sslv3 alert certificate expired',
      'the server says that the client certificate has expired',
    ],
    [
      'ERR_SSL_DH_KEY_TOO_SMALL',
      'dh key too small',
      'the server uses a Diffie-Hellman key that is too short',
    ],
    ['ERR_SSL_BAD_KEY_SHARE', 'bad key share', 'TLS failed: bad key share'],
  ])('%s is told in words, by its code and by its text', (code, reason, words) => {
    expect(tlsFault(Object.assign(new Error(raw(reason)), { code, reason }))).toBe(words);
    expect(tlsFault(Object.assign(new Error(`write EPROTO ${raw(reason)}`), { code: 'EPROTO' }))).toBe(words);
    expect(tlsFault(new Error(raw(reason, 'SSL alert number 40')))).toBe(words);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'the certificate has expired'],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'the certificate is not trusted: it is self-signed; give it as ca to trust it',
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'the certificate is not trusted: its authority is unknown; give that as ca',
    ],
  ])('of a certificate, %s, is told in words', (code, words) => {
    expect([tlsMeaning(code), tlsFault({ code, message: 'x' })]).toEqual([words, words]);
  });

  it('names whom a certificate is for', () => {
    const error = Object.assign(new Error('Hostname/IP does not match'), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      host: 'a.test',
      cert: { subjectaltname: 'DNS:b.test, IP Address:192.0.2.1' },
    });
    expect(tlsFault(error)).toBe('the certificate is for another name than a.test: for b.test, 192.0.2.1');
  });

  it.each([
    [
      'No connection established. Last error: write EPROTO ' + raw('wrong version number'),
      `No connection established. Last error: ${NO_TLS}`,
    ],
    ['first: error:0A00045C:SSL routines::tlsv13 alert certificate required', `first: ${NEEDS_CERTIFICATE}`],
    ['error:05800074:x509 certificate routines::key values mismatch', 'TLS failed: key values mismatch'],
    ['an error: of its own', 'an error: of its own'],
  ])('within a text, %j, is put into words', (text, words) => {
    expect(withoutOpenSslErrors(text)).toBe(words);
  });

  it('is none where another error is', () => {
    for (const error of [
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      'text',
      null,
      undefined,
      {},
      { code: 'constructor' },
    ])
      expect(tlsFault(error)).toBeUndefined();
  });

  it('is told without addresses of memory and paths of sources, whatever OpenSSL says', () => {
    const word = fc.stringMatching(/^[a-z0-9/ ]{0,30}$/);
    fc.assert(
      fc.property(word, fc.stringMatching(/^[0-9A-F]{8,16}$/), word, (reason, thread, before) => {
        const text = withoutOpenSslErrors(
          `${before} ${thread}:error:0A00010B:SSL routines:f:${reason}:${SOURCE}`,
        );
        expect(text).not.toContain('deps/openssl');
        expect(text).not.toContain(':error:');
      }),
    );
  });
});

describe('What an error says of itself', () => {
  it.each([
    [new Error('plain'), 'plain'],
    [new Error(raw('wrong version number')), NO_TLS],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Object.create(null), 'an error that cannot be read'],
  ])('%p is read without throwing', (error, text) => {
    expect(errorMessage(error)).toBe(text);
  });
});
