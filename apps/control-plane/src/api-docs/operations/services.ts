import { ServicesController } from '../../services/services.controller.js';
import { SUBSCRIPTIONS_PATH } from '../../services/subscriptions/subscriptions.service.js';
import { jsonContent, OPTIONAL_TOKEN, type PlacedOperation } from '../document/operation.object.js';
import { GUARDED, lightRefusalAnswers } from '../document/refusals.js';
import { ref } from '../schema/schema.js';
import { LightStatus, ServiceGroups, ServiceNodes } from '../schemas/services.js';
import { chapter, WRITING } from '../document/operation.js';

/** The calls of the registry, whose paths and bodies are those of light-controller. */
export const SERVICES = [
  chapter('Services', ServicesController, {
    register: {
      id: 'registerService',
      summary: 'Registers a node of a service',
      description:
        'The same node registers again in place of itself, and its failures are forgotten; one that does not fail stays as it was found, also with another check, and nothing changes if it says what it said before. With a `healthPath` it is checked by `GET {protocol}://{address}:{port}{healthPath}{serviceId}`, where 200 is healthy; with a check and no path it has to send heartbeats; without a check nobody checks it. Where checks may not connect (`VITALS_CHECK_ALLOW_CIDRS`), the registration is refused.',
      answers: { 200: 'It is registered.' },
      body: LightStatus,
      refusals: ['target-denied', ...WRITING],
    },
    deregister: {
      id: 'deregisterService',
      summary: 'Removes a node of a service, and its check',
      description:
        'A node that is not registered is removed already. One that was removed because it failed is not remembered any more.',
      answers: { 200: 'It is not registered.' },
      body: LightStatus,
      refusals: WRITING,
    },
    list: {
      id: 'listServices',
      summary: 'Lists all nodes of all services',
      description: 'Those that are critical too.',
      answers: { 200: 'All of them.' },
      body: ServiceGroups,
      refusals: [],
    },
    lookup: {
      id: 'lookUpService',
      summary: 'Looks up the nodes of a service that are not critical',
      answers: { 200: 'Those that are not critical; none if all are.' },
      body: ServiceNodes,
      refusals: ['service-not-found'],
    },
  }),
];

/** The WebSocket of the registry, which Nest does not speak. */
export const SUBSCRIPTIONS: readonly PlacedOperation[] = [
  {
    path: SUBSCRIPTIONS_PATH,
    method: 'get',
    operation: {
      operationId: 'subscribeToServices',
      tags: ['Services'],
      summary: 'Pushes the nodes of services over a WebSocket',
      description:
        'The client sends each subscription as a text, `<protocol>://<host>:<port>/<serviceId>?environment=<tag>`, of which only the id of the service and the tag are used. It is sent `{"serviceId|tag":[nodes]}` at once, and whenever a node comes, goes, becomes critical or recovers; of changes that come faster than it reads, the last is always sent. Long messages come in fragments. A text that is not a subscription is answered by an error. A connection may have 1000 subscriptions, and all connections together 200000. It is pinged every 30 seconds, and is closed if it does not answer, or reads nothing of its pending messages for that long. It is closed with 1001 at shutdown, and with 1008 when its token is revoked.\n\nTokens: the administrator\'s, a read-only token, a gateway\'s, none at all with `VITALS_OPEN_LOOKUPS=1`.',
      security: OPTIONAL_TOKEN,
      responses: {
        101: {
          description: 'The connection is a WebSocket, whose messages are of the schema `ServiceGroups`.',
        },
        426: {
          description: '`ERR10014`: the request does not ask for a WebSocket.',
          headers: { upgrade: { schema: { type: 'string', enum: ['websocket'] } } },
          content: jsonContent(ref(LightStatus)),
        },
        ...lightRefusalAnswers([...GUARDED, 'overloaded'], 'get'),
      },
    },
  },
];
