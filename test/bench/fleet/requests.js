import { readFileSync } from 'node:fs';
import { requestBytes } from '../support/connection.js';

/** How much of a timestamp is the time of sending: to the second. */
export const STAMP_BYTES = '2026-01-01T00:00:00'.length;
const STAMP = /\d{4}-\d\d-\d\dT[\d:]{8}/g;

const BATCH = 100;

/** Work of several kinds, as those ask for it who have some to place. */
const PLACEMENTS = [
  'service_type=vm&cpu=4&memory=8GB&limit=10',
  'service_type=vm&cpu=16&memory=64GB&zone=zone-3&limit=5',
  'service_type=vm&cpu=2&memory=4GB&strategy=pack&limit=1',
  'service_type=database&cpu=8&memory=32GB&storage=500GB&region=region-1&limit=3',
  'service_type=container&cpu=500m&memory=512MB&label=tier%3Dgold&limit=10',
  'service_type=vm&cpu=8&memory=16GB&capability=gpu&limit=3',
  'service_type=container&cpu=1&memory=2GB&strategy=random&limit=1&seed=',
];

/** The name of one provider of a fleet; all are equally long. */
export function nameOf(index) {
  return `bench-${String(index).padStart(7, '0')}`;
}

/**
 * The kinds of requests that a driver can be asked to prepare: the bytes of each, and where in them the time of
 * sending goes, counted from their ends.
 */
export const KINDS = {
  health: () => ({ requests: [requestBytes({ path: '/health' })], stampsFromEnd: [] }),

  /** One beat of every provider, each with its own token. `capabilities` lets every tenth say that it has a GPU. */
  beats: ({ file, capabilities = false }) => {
    const { size, tokens } = JSON.parse(readFileSync(file, 'utf8'));
    const requests = Array.from({ length: size }, (_, index) => {
      const news = capabilities && index % 10 === 0 && { capabilities: ['gpu'] };
      return requestBytes({
        method: 'PUT',
        path: `/providers/${nameOf(index)}/status`,
        token: tokens[index],
        body: JSON.stringify({ phase: 'Ready', ...news, timestamp: timestampOf(index) }),
      });
    });
    return { requests, stampsFromEnd: stampsFromEnd(requests[0]) };
  },

  /** The beats of all providers in batches of a hundred, sent by a gateway. */
  batches: ({ file }) => {
    const { size, gatewayToken } = JSON.parse(readFileSync(file, 'utf8'));
    const requests = Array.from({ length: size / BATCH }, (_, batch) => {
      const items = Array.from({ length: BATCH }, (_unused, at) => {
        const index = batch * BATCH + at;
        return { name: nameOf(index), timestamp: timestampOf(index), phase: 'Ready' };
      });
      const body = JSON.stringify({ items });
      return requestBytes({ method: 'POST', path: '/heartbeats', token: gatewayToken, body });
    });
    return { requests, stampsFromEnd: stampsFromEnd(requests[0]) };
  },

  /** A mix of placement queries; those for a random choice each with another seed. */
  placements: ({ token }) => {
    const requests = Array.from({ length: PLACEMENTS.length * 100 }, (_, index) => {
      const query = PLACEMENTS[index % PLACEMENTS.length];
      const path = `/placement/candidates?${query}${query.endsWith('=') ? index : ''}`;
      return requestBytes({ path, token });
    });
    return { requests, stampsFromEnd: [] };
  },

  /** One keep-alive of every lease of etcd, over its HTTP gateway. */
  keepalives: ({ size }) => {
    const requests = Array.from({ length: size }, (_, index) =>
      requestBytes({ method: 'POST', path: '/v3/lease/keepalive', body: `{"ID":"${index + 1}"}` }),
    );
    return { requests, stampsFromEnd: [] };
  },
};

/** No two providers that beat one after the other have clocks that agree to the millisecond. */
function timestampOf(index) {
  return `2026-01-01T00:00:00.${String(index % 1_000).padStart(3, '0')}Z`;
}

function stampsFromEnd(request) {
  return [...request.toString('latin1').matchAll(STAMP)].map(({ index }) => request.length - index);
}
