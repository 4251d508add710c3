import type { Type } from '@nestjs/common';
import { AvailabilityState } from '@vitals/health';
import { exchange } from './exchange.js';
import { component, type PageApp, pageApp } from './page-app.js';

const FAILED = new Error('dial tcp 10.0.0.9:6379: connection refused');

const STORE_UP = component('txnstore', 'state.redis', 'up');
const STORE_DOWN = component('txnstore', 'state.redis', FAILED);
const STORE_WITHOUT_PING = component('txnstore', 'state.redis');
const BINDING_UP = component('smsbinding', 'bindings.twilio', 'up');
const BINDING_DOWN = component('smsbinding', 'bindings.twilio', FAILED);
const OPTIONAL_DOWN = component('smsbinding', 'bindings.twilio', FAILED, false);
const PUBSUB_WITHOUT_PING = component('mockABC', 'pubsub.mock');

const ASK = '/v1.0/healthz?components=true';

/** The cases of the proposal, in its order. */
const CASES: readonly (readonly [string, readonly Type[], string])[] = [
  ['Case 1: all components have a ping, and are healthy.', [STORE_UP, BINDING_UP], ASK],
  [
    'Case 2: all have one, and some failed. Healthy ones are not listed.',
    [STORE_DOWN, BINDING_DOWN, component('orders', 'pubsub.kafka', 'up')],
    ASK,
  ],
  [
    'Case 3: some have none, and some failed.',
    [STORE_DOWN, PUBSUB_WITHOUT_PING, component('mockXYX', 'bindings.mock', 'up')],
    ASK,
  ],
  ['Case 4: none has a ping.', [STORE_WITHOUT_PING, PUBSUB_WITHOUT_PING], ASK],
  ['Case 5: some have none, and the others are healthy.', [STORE_UP, PUBSUB_WITHOUT_PING], ASK],
  ['No component at all:', [], ASK],
  [
    'A failed one that is not critical is listed, and does not fail the whole:',
    [STORE_UP, OPTIONAL_DOWN],
    ASK,
  ],
  ['Approach 1 of the proposal:', [STORE_DOWN, PUBSUB_WITHOUT_PING], `${ASK}&approach=1`],
  [
    'Approach 2 of the proposal, which lists healthy ones too:',
    [STORE_DOWN, BINDING_UP],
    `${ASK}&approach=2`,
  ],
  ['The id of another app:', [STORE_UP], '/v1.0/healthz?appid=invoices'],
  ['And the id of this app, without any ping:', [STORE_DOWN], '/v1.0/healthz?appid=orders'],
];

/** The exchanges of Dapr's healthz, each with an app of its own components, and the list of components. */
export async function healthzPart(): Promise<string> {
  const parts: string[] = ['## healthz of Dapr'];
  for (const [what, components, path] of CASES) {
    parts.push(what, await withComponents(components, ({ httpPort }) => exchange(httpPort, path)));
  }
  parts.push(
    'While the app refuses work, no component is pinged:',
    await withComponents([STORE_DOWN], notReady),
  );
  parts.push('Outbound readiness, with its broker not connected, and connected:');
  parts.push(...(await withComponents([], outbound)));
  const listed = [STORE_DOWN, BINDING_UP, PUBSUB_WITHOUT_PING];
  parts.push('## The list of components', 'For people and dashboards, healthy ones too:');
  parts.push(await withComponents(listed, ({ httpPort }) => exchange(httpPort, '/health/components')));
  const one = '/health/components/bindings.twilio/smsbinding';
  parts.push('One of them:', await withComponents(listed, ({ httpPort }) => exchange(httpPort, one)));
  return parts.join('\n\n');
}

async function withComponents<T>(components: readonly Type[], run: (app: PageApp) => Promise<T>): Promise<T> {
  const app = await pageApp(components);
  try {
    return await run(app);
  } finally {
    await app.close();
  }
}

async function notReady({ app, httpPort }: PageApp): Promise<string> {
  app.get(AvailabilityState).refuse('warm-up');
  return exchange(httpPort, ASK);
}

async function outbound({ app, httpPort }: PageApp): Promise<string[]> {
  const broker = app.get(AvailabilityState).outboundTarget('broker');
  const before = await exchange(httpPort, '/v1.0/healthz/outbound');
  broker.ready();
  return [before, await exchange(httpPort, '/v1.0/healthz/outbound')];
}
