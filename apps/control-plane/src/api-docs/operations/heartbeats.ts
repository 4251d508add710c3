import { BatchResults, Heartbeat, HeartbeatBatch, NextInterval } from '../schemas/heartbeats.js';
import {
  jsonBody,
  jsonContent,
  OPTIONAL_TOKEN,
  pathParameters,
  type PlacedOperation,
} from '../document/operation.object.js';
import { GUARDED, refusalAnswers, WITH_BODY } from '../document/refusals.js';
import { ref } from '../schema/schema.js';

const BEAT_PATH = '/providers/{name}/status';

/** The two calls that Nest does not route, described by the schemas that check them. */
export const HEARTBEATS: readonly PlacedOperation[] = [
  {
    path: BEAT_PATH,
    method: 'put',
    operation: {
      operationId: 'sendHeartbeat',
      tags: ['Heartbeats'],
      summary: 'Sends the heartbeat of a provider',
      description:
        "Every authentic heartbeat renews the lease, whatever its timestamp says. The body may have 16 KiB.\n\nTokens: the administrator's, the provider's own, a gateway's that acts for it.",
      security: OPTIONAL_TOKEN,
      parameters: pathParameters(BEAT_PATH),
      requestBody: jsonBody(Heartbeat.name),
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
        ...refusalAnswers([
          ...WITH_BODY,
          ...GUARDED,
          'provider-not-registered',
          'generation-stale',
          'store-unavailable',
          'overloaded',
        ]),
      },
    },
  },
  {
    path: '/heartbeats',
    method: 'post',
    operation: {
      operationId: 'sendHeartbeats',
      tags: ['Heartbeats'],
      summary: 'Sends the heartbeats of many providers',
      description:
        "Each item is accepted or refused as if it had been sent alone. The body may have 1 MiB.\n\nTokens: the administrator's, a gateway's for the providers that it acts for, a provider's for itself.",
      security: OPTIONAL_TOKEN,
      requestBody: jsonBody(HeartbeatBatch.name),
      responses: {
        200: { description: 'The batch was read.', content: jsonContent(ref(BatchResults)) },
        ...refusalAnswers([...WITH_BODY, ...GUARDED]),
      },
    },
  },
];
