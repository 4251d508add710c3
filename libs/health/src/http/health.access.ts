import type { IncomingHttpHeaders } from 'node:http';

/** Who asks for health. */
export interface HealthCaller {
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they were sent. */
  readonly url: string;
  /** Address of the other end of the connection, which may be a proxy. */
  readonly address: string | undefined;
}

/** A request for health, before any HTTP framework. */
export interface HealthRequest {
  /** Whether who asks is on this machine, was not forwarded, and is no page of another site. */
  readonly local: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The header `Accept`. */
  readonly accept: string | undefined;
  /** Who asks; read only if somebody wants to know. */
  readonly caller: () => HealthCaller;
}

/**
 * Decides who is told everything (`full`) where others are told names and statuses. An app extends it and
 * provides it under this class as its token, in any module: `{ provide: HealthAccess, useClass: … }`. It is not
 * asked where `detail` is fixed; if it throws, the caller is not accepted.
 */
export abstract class HealthAccess {
  abstract accepts(caller: HealthCaller): boolean | Promise<boolean>;
}
