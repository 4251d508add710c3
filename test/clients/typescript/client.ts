import { deepStrictEqual, strictEqual } from 'node:assert';
import type { components } from './vitals.js';
import createClient from 'openapi-fetch';
import type { paths } from './vitals.js';

const { VITALS_CONTROL_PLANE: baseUrl = '', VITALS_TOKEN: token = '' } = process.env;
const vitals = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

/** The body of an answer that succeeded. */
function bodyOf<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (!response.ok || data === undefined)
    throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(error)}`);
  return data;
}

const named = { params: { path: { name: 'ts-1' } } };
const registered = bodyOf(
  await vitals.POST('/providers', {
    body: {
      name: 'ts-1',
      endpoint: 'http://127.0.0.1:9',
      service_type: 'ts-vm',
      schema_version: 'v1',
      labels: { tier: 'gold' },
      metadata: { zone: 'z1', rack: 7, resources: { total_cpu: 8, total_memory: '32GB' } },
    },
  }),
);
const { availability }: components['schemas']['RegisteredProvider'] = registered;
strictEqual(availability satisfies components['schemas']['Availability'], 'Unknown');

const beat = { timestamp: new Date().toISOString(), phase: 'Ready' as const };
strictEqual(
  bodyOf(await vitals.PUT('/providers/{name}/status', { ...named, body: beat })).next_interval_seconds > 0,
  true,
);
const batch = bodyOf(await vitals.POST('/heartbeats', { body: { items: [{ name: 'ts-1', ...beat }] } }));
strictEqual(batch.results[0]?.status, 200);

bodyOf(
  await vitals.PATCH('/providers/{name}/resources', {
    ...named,
    body: { timestamp: beat.timestamp, capacity: { cpu: 16, memory: '64GiB' }, allocated: { cpu: '500m' } },
  }),
);
const query = { service_type: 'ts-vm', cpu: 2, memory: '1GB', label: ['tier=gold'], explain: true };
const found = bodyOf(await vitals.GET('/placement/candidates', { params: { query } }));
deepStrictEqual(
  found.candidates.map(({ name, zone, free }) => [name, zone, free.cpu]),
  [['ts-1', 'z1', 15.5]],
);

const node = { serviceId: 'ts-orders', protocol: 'http', address: '127.0.0.1', port: 8443, tag: 'test' };
strictEqual(
  bodyOf(await vitals.POST('/services', { body: { ...node, check: { interval: 60_000 } } })).code,
  'SUC10200',
);
const lookup = { params: { query: { serviceId: node.serviceId, tag: node.tag } } };
strictEqual(bodyOf(await vitals.GET('/services/lookup', lookup))[0]?.port, 8443);

strictEqual((await vitals.PUT('/providers/{name}/cordon', named)).response.status, 204);
strictEqual(
  (await vitals.GET('/placement/candidates', { params: { query } })).data?.excluded?.['cordoned'],
  1,
);
const drained = bodyOf(await vitals.POST('/providers/{name}/drain', named));
strictEqual(drained.drain_requested, true);
strictEqual((await vitals.DELETE('/providers/{name}', named)).response.status, 204);
strictEqual((await vitals.DELETE('/services', { params: { query: node } })).response.status, 200);

const { error, response } = await vitals.GET('/providers/{name}', named);
const code: components['schemas']['ProblemCode'] | undefined = error?.code;
deepStrictEqual([response.status, code], [404, 'provider-not-registered']);
