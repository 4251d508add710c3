import { canParseUrl, type HttpTarget } from '@vitals/core/check';

/** Path and query; what follows "#" is not sent. */
const PATH = /^([^?#]*)(\?[^#]*)?/;

/**
 * What a provider is asked for its health with: any code from 200 to 299 is healthy. It is always the endpoint's own
 * server that is asked, also where the path begins with "//", which elsewhere in the web would be another host.
 */
export function healthTargetOf(endpoint: string, healthPath: string): HttpTarget {
  const expectedCodes = [{ first: 200, last: 299 }];
  const url = urlOf(endpoint, healthPath);
  return { kind: 'http', url, method: 'GET', headers: {}, expectedCodes, tlsSkipVerify: false };
}

function urlOf(endpoint: string, healthPath: string): string {
  if (!canParseUrl('/', endpoint)) return endpoint;
  const url = new URL('/', endpoint);
  const [, path = '', query = ''] = PATH.exec(healthPath) ?? [];
  url.pathname = path;
  url.search = query;
  return url.href;
}
