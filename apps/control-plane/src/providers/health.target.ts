import type { HttpTarget } from '@vitals/core/probe';

/** What a provider is asked for its health with: any code from 200 to 299 is healthy. */
export function healthTargetOf(endpoint: string, healthPath: string): HttpTarget {
  const url = URL.canParse(healthPath, endpoint) ? new URL(healthPath, endpoint).href : endpoint;
  const expectedCodes = [{ first: 200, last: 299 }];
  return { kind: 'http', url, method: 'GET', headers: {}, expectedCodes, tlsSkipVerify: false };
}
