import { canParseUrl } from '@vitals/core/check';
import { allFaults, duration } from '@vitals/core/options';
import type { Duration } from '@vitals/core/time';

/** Which pages of other origins may read health (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface HealthCors {
  /** Origins as browsers send them, such as `https://status.example.org`. */
  readonly origins: readonly string[];
  /** Request headers that a page may send; default `authorization`. */
  readonly headers?: readonly string[];
  /** How long a browser may keep the answer to a preflight; default 10 min. */
  readonly maxAge?: Duration;
}

const MEMBERS = ['origins', 'headers', 'maxAge'];

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** What is wrong with the option `cors`, a line each, and what to write instead; `undefined` if nothing is. */
export function corsFault(value: HealthCors): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be an object such as { origins: [...] }';
  const { origins, headers = [], maxAge = 0 } = value;
  const unknown = Object.keys(value).filter((key) => !MEMBERS.includes(key));
  const areOrigins = Array.isArray(origins) && origins.length > 0;
  const areHeaders = Array.isArray(headers) && headers.every((name) => TOKEN.test(String(name)));
  const age = duration(maxAge);
  return allFaults(
    ...unknown.map((key) => `there is no option ${JSON.stringify(key)}; there are ${MEMBERS.join(', ')}`),
    ...(areOrigins
      ? origins.map(originFault)
      : ['origins: must be a list of origins such as "https://status.example.org"']),
    areHeaders ? undefined : 'headers: must be a list of names of headers',
    age && `maxAge: ${age}`,
  );
}

function originFault(origin: unknown): string | undefined {
  if (origin === '*')
    return 'origins: "*" is not accepted, for every page that you visit could then read the health of apps on your machine; list the origins';
  if (typeof origin === 'string' && origin.includes('*'))
    return `origins: ${JSON.stringify(origin)} has "*" in it, which is not accepted; list every origin, such as "https://status.example.org"`;
  const isOrigin =
    typeof origin === 'string' &&
    canParseUrl(origin) &&
    new URL(origin).origin === origin &&
    origin !== 'null';
  if (isOrigin) return undefined;
  return `origins: ${JSON.stringify(origin)} is not an origin; write it as browsers send it, such as "https://status.example.org"`;
}
