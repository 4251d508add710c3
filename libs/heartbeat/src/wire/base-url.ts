import { canParseUrl } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';

/**
 * Reads the address of a control plane; a path is kept, for it may stand behind a proxy.
 * @throws VitalsError `declaration-invalid` for what is no HTTP URL, or carries more than an address
 */
export function readBaseUrl(text: string): URL {
  if (!/^https?:\/\//i.test(text) || !canParseUrl(text)) {
    throw wrong(text, `is not a valid URL; use one such as "http://127.0.0.1:3000"${ipv6Hint(text)}`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw wrong(`${url.protocol}//…@${url.host}`, 'carries credentials; give a token instead');
  }
  if (url.search !== '' || url.hash !== '') {
    throw wrong(text, 'must end with its path; leave out what comes from "?" or "#" on');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** How people know an endpoint: its address as it is written, without a slash at the end. */
export function labelOf({ href }: URL): string {
  return href.replace(/\/$/, '');
}

/** What may be wrong with a URL, if that is an IPv6 address without its brackets (RFC 3986 section 3.2.2); else empty. */
export function ipv6Hint(text: string): string {
  return /^[a-z]+:\/\/[\da-f]*:[\da-f]*:/i.test(text)
    ? '; an IPv6 address stands in brackets: "http://[::1]:3000"'
    : '';
}

function wrong(text: string, why: string): VitalsError {
  return new VitalsError('declaration-invalid', `${JSON.stringify(text)} ${why}`);
}
