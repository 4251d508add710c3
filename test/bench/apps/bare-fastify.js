import { fastify } from 'fastify';
import { BEAT_SCHEMA, MAX_ITEMS } from '../../../apps/control-plane/dist/heartbeats/heartbeat.schema.js';

const answer = { next_interval_seconds: 10 };
const candidates = JSON.parse(process.env.CANDIDATES ?? '{}');

/** What the control plane checks of a beat before it reads the timestamp. */
const beat = {
  ...BEAT_SCHEMA,
  properties: { ...BEAT_SCHEMA.properties, timestamp: { type: 'string', maxLength: 64 } },
};
const beatSchema = {
  body: beat,
  response: {
    200: {
      type: 'object',
      required: ['next_interval_seconds'],
      properties: { next_interval_seconds: { type: 'integer', minimum: 1 } },
    },
  },
};

/** What the control plane checks of a batch in two steps, in one. */
const batchSchema = {
  body: {
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', maxItems: MAX_ITEMS, items: beat } },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        results: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              status: { type: 'integer' },
              next_interval_seconds: { type: 'integer' },
            },
          },
        },
      },
    },
  },
};

const server = fastify();
server.put('/providers/:name/status', { schema: beatSchema }, (_request, reply) => {
  reply.send(answer);
});
server.post('/heartbeats', { schema: batchSchema }, ({ body }, reply) => {
  reply.send({ results: body.items.map(({ name }) => ({ name, status: 200, ...answer })) });
});
server.get('/placement/candidates', (_request, reply) => {
  reply.send(candidates);
});
server.get('/healthz', (_request, reply) => {
  reply.code(204).send();
});
await server.listen({ host: process.env.HOST, port: Number(process.env.PORT) });
process.on('SIGTERM', () => void server.close());
