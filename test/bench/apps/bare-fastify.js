import { fastify } from 'fastify';
import { HEARTBEAT_SCHEMA } from '../../../apps/control-plane/dist/heartbeats/heartbeat.schema.js';

const answer = { next_interval_seconds: 10 };
const server = fastify();
server.put('/providers/:name/status', { schema: HEARTBEAT_SCHEMA }, (_request, reply) => {
  reply.send(answer);
});
server.get('/healthz', (_request, reply) => {
  reply.code(204).send();
});
await server.listen({ host: process.env.HOST, port: Number(process.env.PORT) });
process.on('SIGTERM', () => void server.close());
