import type { HttpTarget } from '@vitals/core/check';

/** A GET of `url` that has to be answered with 200. */
export function httpTarget(url: string, more: Partial<HttpTarget> = {}): HttpTarget {
  return { kind: 'http', url, method: 'GET', headers: {}, expectedCodes: [], tlsSkipVerify: false, ...more };
}
