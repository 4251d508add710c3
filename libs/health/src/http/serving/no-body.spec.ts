import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { ADAPTERS, boot, checkClass } from '../../../test/health-app.js';
import { HealthServer } from './health.server.js';

/** What clients send where there is nothing to send, as header lines and bytes. */
const VARIANTS: readonly (readonly [headers: readonly string[], body: string])[] = [
  [['content-type: application/json', 'content-length: 0'], ''],
  [['content-type: application/json'], ''],
  [['content-type: application/json', 'transfer-encoding: chunked'], '0\r\n\r\n'],
  [['transfer-encoding: chunked'], '0\r\n\r\n'],
  [['content-type: application/json', 'content-length: 2'], '{}'],
  [['content-type: application/json', 'content-length: 4'], 'null'],
  [['content-type: application/json', 'content-length: 1'], '{'],
  [['content-type: text/plain', 'content-length: 5'], 'hello'],
  [['content-type: banana', 'content-length: 3'], 'abc'],
];

const READING = [
  ['GET', undefined],
  ['HEAD', undefined],
] as const;
const WRITING = [
  ['DELETE', 405],
  ['POST', 405],
] as const;

const PATHS = [
  '/health',
  '/health/live',
  '/health/check/c',
  '/healthz',
  '/livez',
  '/readyz/c',
  '/health/metrics',
];
const Checked = checkClass({ name: 'c', kinds: ['readiness'] }, () => true);

async function statusOf(
  port: number,
  call: string,
  headers: readonly string[],
  body: string,
): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write([`${call} HTTP/1.1`, 'host: a', ...headers].join('\r\n') + `\r\n\r\n${body}`);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(bytes.toString('latin1').split(' ')[1]);
}

describe.each([
  ...ADAPTERS.map(([name, adapter]) => [`the port of an app on ${name}`, adapter, {}] as const),
  ...ADAPTERS.map(
    ([name, adapter]) =>
      [`a port beside an app on ${name}`, adapter, { port: 0, host: '127.0.0.1' }] as const,
  ),
])('Health on %s', (_where, adapter, health) => {
  it('is answered the same, whatever comes with the request', async () => {
    const app = await boot({ adapter, health, providers: [Checked] });
    await app.listen(0, '127.0.0.1');
    const { port: own } = app.getHttpServer().address() as AddressInfo;
    const port = 'port' in health ? Number(app.get(HealthServer).port) : own;
    // a port of the app reads bodies as the app wants
    const methods = 'port' in health ? [...READING, ...WRITING] : READING;
    for (const path of PATHS)
      for (const [method, expected] of methods) {
        const alone = await statusOf(port, `${method} ${path}`, [], '');
        expect([method, path, alone]).toEqual([method, path, expected ?? (path === '/healthz' ? 204 : 200)]);
        for (const [headers, body] of VARIANTS)
          expect([method, path, headers, await statusOf(port, `${method} ${path}`, headers, body)]).toEqual([
            method,
            path,
            headers,
            alone,
          ]);
      }
  });
});
