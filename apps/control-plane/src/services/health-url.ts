import type { HttpTarget } from '@vitals/core/check';
import type { RegisteredCheck } from '../database/check.change.js';
import type { ServiceNode } from '../api-docs/schemas/services.js';
import { hostOf } from './address.js';

/** A node and what it says of its check. */
export type CheckedNode = ServiceNode & { readonly check?: RegisteredCheck | undefined };

/**
 * Where the HTTP check of a node asks: `{protocol}://{address}:{port}{healthPath}{serviceId}`, as light-controller
 * does it.
 */
export function healthUrlOf({ protocol, address, port, check, serviceId }: CheckedNode): string {
  return `${protocol}://${hostOf(address)}:${port}${check?.healthPath ?? ''}${serviceId}`;
}

/** What the HTTP check of a node looks at: healthy is 200 and nothing else. `undefined` for a TTL, and for no check. */
export function httpTargetOf(node: CheckedNode): HttpTarget | undefined {
  if (!node.check?.healthPath) return undefined;
  return {
    kind: 'http',
    url: healthUrlOf(node),
    method: 'GET',
    headers: {},
    expectedCodes: [{ first: 200, last: 200 }],
    tlsSkipVerify: node.check.tlsSkipVerify,
  };
}
