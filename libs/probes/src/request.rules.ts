import { canParseUrl } from '@vitals/core/check';
import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Headers that belong to the connection, not to the user (RFC 9110 section 7.6.1), or say where the request ends. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header belongs to the connection, so that a check may not set it. */
export function isConnectionHeader(name: string): boolean {
  return CONNECTION_HEADERS.has(name.toLowerCase());
}

/** Whether HTTP allows a header: no line can begin in it. */
export function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Why a text is not the URL of an HTTP server without credentials; whoever asks puts it into words. */
export type UrlFault = 'not a URL' | 'another protocol' | 'credentials';

/** The URL, or what is wrong with it. */
export function readHttpUrl(text: string): URL | UrlFault {
  if (!canParseUrl(text)) return 'not a URL';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'another protocol';
  return url.username || url.password ? 'credentials' : url;
}
