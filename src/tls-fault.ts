import { bracketed } from './place.js';

/** What errors of certificates mean, by the codes of OpenSSL's verification and of `node:tls`. */
const OF_CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is not trusted: it is self-signed; give it as ca to trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is not trusted: its authority is unknown; give that as ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificate is not trusted: its authority is unknown, or the server leaves out a certificate in between',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate is not trusted: its authority is unknown; give that as ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate is not trusted: its authority is unknown; give that as ca',
  CERT_SIGNATURE_FAILURE: 'the certificate is not trusted: its signature is wrong',
  CERT_CHAIN_TOO_LONG: 'the certificate is not trusted: its chain is too long',
  CERT_UNTRUSTED: 'the certificate is not trusted',
  CERT_REJECTED: 'the certificate is not trusted: its authority does not allow this use',
  INVALID_CA: 'the certificate is not trusted: its issuer is not an authority',
  INVALID_PURPOSE: 'the certificate is not trusted: it is not for servers',
  PATH_LENGTH_EXCEEDED: 'the certificate is not trusted: its chain is longer than its authority allows',
  CERT_REVOKED: 'the certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'the names in the certificate cannot be read',
};

const NO_VERSION = 'no common TLS version: the server accepts none of those that are offered';
const NO_COMMON =
  'the server refuses the TLS handshake: there is no common version or cipher, or it requires a client certificate';
const NO_CLIENT_CERTIFICATE = 'the server requires a client certificate, and none was given';
const BAD_CLIENT_CERTIFICATE = 'the server refuses the client certificate';

/** What the alerts of servers mean, by the names of RFC 8446 section 6.2 as OpenSSL writes them. */
const OF_ALERTS: Readonly<Record<string, string>> = {
  'certificate required': NO_CLIENT_CERTIFICATE,
  'handshake failure': NO_COMMON,
  'insufficient security': 'no common TLS cipher: the server requires stronger ones',
  'protocol version': NO_VERSION,
  'no application protocol':
    'no common protocol over TLS: the server offers none of those that are requested (ALPN)',
  'unrecognized name': 'the server does not know the requested name (SNI)',
  'unknown ca': 'the server does not trust the client certificate',
  'no certificate': NO_CLIENT_CERTIFICATE,
  'bad certificate': BAD_CLIENT_CERTIFICATE,
  'unsupported certificate': `${BAD_CLIENT_CERTIFICATE}: it does not take this kind`,
  'certificate revoked': 'the server says that the client certificate was revoked',
  'certificate expired': 'the server says that the client certificate has expired',
  'certificate unknown': BAD_CLIENT_CERTIFICATE,
  'access denied': BAD_CLIENT_CERTIFICATE,
  'internal error': 'the server refuses the TLS handshake: it failed inside the server',
};

/** What OpenSSL finds here, by its own words. */
const OF_REASONS: Readonly<Record<string, string>> = {
  'wrong version number': 'the port does not use TLS; connect without TLS, or to another port',
  'packet length too long': 'the port does not use TLS; connect without TLS, or to another port',
  'unsupported protocol': NO_VERSION,
  'wrong ssl version': NO_VERSION,
  'no protocols available': 'no common TLS version: all versions are switched off here',
  'no ciphers available': 'no common TLS cipher: all ciphers are switched off here',
  'unexpected eof while reading': 'the connection was closed before TLS was agreed on',
  'peer did not return a certificate': 'the client showed no certificate, and one is required here',
  'no shared cipher': 'no common TLS cipher',
  'http request': 'plain HTTP was sent to a port that uses TLS',
  'certificate verify failed': 'the certificate is not trusted',
  'ca md too weak': 'the certificate is not trusted: its authority signs with a hash that is too weak',
  'ca key too small': 'the certificate is not trusted: the key of its authority is too short',
  'ee key too small': 'the certificate is not trusted: its key is too short',
  'dh key too small': 'the server uses a Diffie-Hellman key that is too short',
  'unsafe legacy renegotiation disabled': 'the server renegotiates TLS in a way that is not safe',
};

/** An error of OpenSSL in a text: thread, code, library, function, reason, source file and line, number of the alert. */
const OPENSSL_ERROR =
  /(?:\b(?:read|write|connect) )?(?:\bEPROTO\s+)?\b[\dA-Fa-f]{4,16}:error:[\dA-Fa-f]{4,16}:([^:\n]*):[^:\n]*:([^:\n]*)(?::[^:\n]*:\d+:?(?:SSL alert number \d+)?)?\s*/g;
/** The short form, without thread, source and line. */
const SHORT_OPENSSL_ERROR = /\berror:[\dA-Fa-f]{4,16}:([^:\n]*):[^:\n]*:([^:\n]*)(?=$|\n|;)/g;

const ALERT = /^(?:sslv3|ssl\/tls|tlsv1|tlsv13|tls)(?: alert)? (.+)$/;
const CUT_OFF = /socket disconnected before secure TLS connection was established/;

/**
 * In words what an error of TLS means, and what to do, whatever version of OpenSSL wrote it; `undefined` for errors of
 * another kind. Looks at this error alone, and not at its causes.
 */
export function tlsFault(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message, reason } = error as Partial<Record<'code' | 'message' | 'reason', unknown>>;
  if (typeof code === 'string') {
    const meaning = tlsMeaning(code);
    if (meaning !== undefined) return `${meaning}${namesIn(error)}`;
    if (code.startsWith('ERR_SSL_')) {
      const told = typeof reason === 'string' ? reason : code.slice('ERR_SSL_'.length);
      return `TLS failed: ${told.toLowerCase().replaceAll('_', ' ')}`;
    }
  }
  if (typeof message !== 'string') return undefined;
  if (CUT_OFF.test(message)) return 'the connection was closed before TLS was agreed on';
  const plain = withoutOpenSslErrors(message);
  return plain === message ? undefined : plain;
}

/** In words what a code of `node:tls` means, or one of OpenSSL; `undefined` for others. */
export function tlsMeaning(code: string): string | undefined {
  if (Object.hasOwn(OF_CERTIFICATES, code)) return OF_CERTIFICATES[code];
  return code.startsWith('ERR_SSL_')
    ? reasonMeaning(code.slice('ERR_SSL_'.length).replaceAll('_', ' '))
    : undefined;
}

/** A text in which errors of OpenSSL are put into words: they have addresses of memory, and paths of its sources. */
export function withoutOpenSslErrors(text: string): string {
  if (!text.includes('error:')) return text;
  const put = (_whole: string, library: string, reason: string): string =>
    reasonMeaning(reason) ?? `TLS failed: ${reason.trim() || library.trim() || 'OpenSSL does not say why'}`;
  return text.replace(OPENSSL_ERROR, put).replace(SHORT_OPENSSL_ERROR, put).trimEnd();
}

/** What an error says of itself, in words if it is one of TLS; of what is no error, its text. Never throws. */
export function errorMessage(error: unknown): string {
  try {
    const fault = tlsFault(error);
    if (fault !== undefined) return fault;
    const { message } = Object(error) as { readonly message?: unknown };
    return typeof message === 'string' ? message : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}

function reasonMeaning(reason: string): string | undefined {
  const words = reason.trim().toLowerCase();
  const alert = ALERT.exec(words)?.[1] ?? '';
  if (Object.hasOwn(OF_ALERTS, alert)) return OF_ALERTS[alert];
  return Object.hasOwn(OF_REASONS, words) ? OF_REASONS[words] : undefined;
}

/** Whom a certificate was to be for, and whom it is for, where these differ. */
function namesIn(error: object): string {
  const { code, host, cert } = error as Partial<MisnamedFault>;
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID' || typeof host !== 'string') return '';
  const names = cert?.subjectaltname?.replaceAll(/(^|, )(DNS|IP Address):/g, '$1') ?? cert?.subject?.CN;
  return ` than ${bracketed(host)}${names === undefined ? '' : `: for ${names}`}`;
}

/** What `node:tls` says of a certificate for another name. */
interface MisnamedFault {
  readonly code: string;
  readonly host: string;
  readonly cert: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}
