import { createServer } from 'node:http';
import { register } from './registry.js';

/**
 * A service: `node main.js <http | ttl> <service id> <control plane> <port>`. The one of kind `http` is asked for its
 * health, the one of kind `ttl` reports a pass every second. `PUT /faults` ends either.
 */
const [kind = 'http', serviceId = 'service', controlPlane = 'http://127.0.0.1:3000', port = '0'] =
  process.argv.slice(2);
/** Times as the registry takes them, in milliseconds. */
const CHECK = { interval: 2_000, deregisterCriticalServiceAfter: 10_000 };
const PASS_EVERY_MS = 1_000;

let failing = false;
const server = createServer((request, response) => {
  if (request.method === 'PUT' && request.url === '/faults') {
    failing = true;
    response.writeHead(204).end();
  } else response.writeHead(failing ? 503 : 200).end();
});
server.listen(Number(port), '127.0.0.1');

const registered = await register(controlPlane, {
  serviceId,
  protocol: 'http',
  address: '127.0.0.1',
  port: Number(port),
  check: kind === 'http' ? { ...CHECK, healthPath: '/health/' } : CHECK,
});
if (kind === 'ttl') {
  setInterval(() => {
    if (!failing) void registered.pass().catch(() => undefined);
  }, PASS_EVERY_MS);
}
process.on('SIGTERM', () => process.exit(0));
