import {
  BatchResults,
  HeartbeatBatchBody,
  HeartbeatBody,
  NextInterval,
} from '../heartbeats/heartbeat.schema.js';
import { LightStatusBody } from '../http/light.error.js';
import { WRITING } from '../http/operation.js';
import { ref } from '../http/schema.js';
import { SUBSCRIPTIONS_PATH } from '../services/subscriptions/subscriptions.service.js';
import { jsonBody, jsonContent, placed } from './operation.object.js';
import { GUARDED, refusalAnswers, WITH_BODY } from './refusals.js';

const BEAT = { path: '/providers/{name}/status', method: 'put' };
const BATCH = { path: '/heartbeats', method: 'post' };
const SUBSCRIPTION = { path: SUBSCRIPTIONS_PATH, method: 'get' };

/** The calls that Nest does not route: heartbeats, by the schemas that check them, and the WebSocket of the registry. */
export const BESIDE_NEST = [
  placed({
    ...BEAT,
    id: 'sendHeartbeat',
    tag: 'Heartbeats',
    summary: 'Sends the heartbeat of a provider',
    description:
      "Every authentic heartbeat renews the lease, whatever its timestamp says. The body may have 16 KiB.\n\nTokens: the administrator's, the provider's own, a gateway's that acts for it.",
    requestBody: jsonBody(ref(HeartbeatBody)),
    responses: {
      200: {
        description: 'It was accepted.',
        headers: {
          'vitals-directive': {
            schema: { type: 'string', enum: ['drain'] },
            description: 'The provider is requested to drain.',
          },
        },
        content: jsonContent(ref(NextInterval)),
      },
      ...refusalAnswers(
        [...WITH_BODY, ...GUARDED, 'provider-not-registered', 'generation-stale', ...WRITING],
        BEAT,
      ),
    },
  }),
  placed({
    ...BATCH,
    id: 'sendHeartbeats',
    tag: 'Heartbeats',
    summary: 'Sends the heartbeats of many providers',
    description:
      "Each item is accepted or refused as if it had been sent alone. The body may have 1 MiB.\n\nTokens: the administrator's, a gateway's for the providers that it acts for, a provider's for itself.",
    requestBody: jsonBody(ref(HeartbeatBatchBody)),
    responses: {
      200: { description: 'The batch was read.', content: jsonContent(ref(BatchResults)) },
      ...refusalAnswers([...WITH_BODY, ...GUARDED], BATCH),
    },
  }),
  placed({
    ...SUBSCRIPTION,
    id: 'subscribeToServices',
    tag: 'Services',
    summary: 'Pushes the nodes of services over a WebSocket',
    description:
      'The client sends each subscription as a text, `<protocol>://<host>:<port>/<serviceId>?environment=<tag>`, of which only the id of the service and the tag are used. It is sent `{"serviceId|tag":[nodes]}` at once, and whenever a node comes, goes, becomes critical or recovers; of changes that come faster than it reads, the last is always sent. Long messages come in fragments. A text that is not a subscription is answered by an error. A connection may have 1000 subscriptions, and all connections together 200000. It is pinged every 30 seconds, and is closed if it does not answer, or reads nothing of its pending messages for that long. It is closed with 1001 at shutdown, and with 1008 when its token is revoked.\n\nTokens: the administrator\'s, a read-only token, a gateway\'s, none at all with `VITALS_OPEN_LOOKUPS=1`.',
    responses: {
      101: {
        description: 'The connection is a WebSocket, whose messages are of the schema `ServiceGroups`.',
      },
      426: {
        description: '`ERR10014`: the request does not ask for a WebSocket.',
        headers: { upgrade: { schema: { type: 'string', enum: ['websocket'] } } },
        content: jsonContent(ref(LightStatusBody)),
      },
      ...refusalAnswers([...GUARDED, 'overloaded'], SUBSCRIPTION),
    },
  }),
];
