import type { HttpTarget } from '@vitals/core/check';
import type { Socket } from 'node:net';
import { NO_ANSWERS, NO_BODIES, RAW_ANSWERS } from '../../../../libs/health/test/raw-answers.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, tcpServer } from '../../test/outbound/test-servers.js';
import { until } from '../../test/outbound/virtual-time.js';

afterEach(closeServers);

const EVERY_CODE = [{ first: 100, last: 999 }];
const ends = (socket: Socket): unknown => socket.end();

/** Says something to every request, whole or in pieces of a few bytes. */
function answering(raw: Buffer, after: (socket: Socket) => unknown, piece = raw.length) {
  return tcpServer((socket) =>
    socket.on('data', () => {
      let at = 0;
      const next = (): void => {
        if (at >= raw.length) return void after(socket);
        socket.write(raw.subarray(at, (at += Math.max(1, piece))));
        setImmediate(next);
      };
      next();
    }),
  );
}

async function probed(port: number, more: Partial<HttpTarget>) {
  const { prober } = outbound();
  const target = httpTarget(`http://target.test:${port}/`, { expectedCodes: EVERY_CODE, ...more });
  return { prober, result: await prober.probe(target, 10_000) };
}

const whole = RAW_ANSWERS.map((one) => [one.what, one] as const);

describe('HttpProbe takes an answer with', () => {
  it.each(whole)('%s', async (_what, { raw, method, statusCode, hasBody, isClosed, isKept }) => {
    const condition = { expectedBody: { kind: 'json', pointer: '', value: 'UP' } } as const;
    const pieces = raw.length > 1_000 ? [raw.length] : [raw.length, 1, 7];
    for (const piece of pieces) {
      const server = await answering(raw, isClosed ? ends : () => undefined, piece);
      const expectedBody = { kind: 'contains', text: 'UP' } as const;
      const { prober, result } = await probed(server.port, { method, ...(hasBody && { expectedBody }) });
      expect(result).toMatchObject({ outcome: 'success', message: `answered ${statusCode}` });
      await until(() => prober.httpConnections.open === prober.httpConnections.idle);
      expect(prober.httpConnections.open).toBe(isKept ? 1 : 0);
      if (!hasBody) continue;
      // nothing but the body is in the body
      const { result: other } = await probed(server.port, { method, ...condition });
      expect(other.message).toBe(`answered ${statusCode}, but the body is not JSON`);
    }
  });
});

describe('HttpProbe takes for no answer', () => {
  it.each(NO_ANSWERS)('%s', async (_what, raw, why) => {
    for (const piece of [raw.length, 1]) {
      const server = await answering(Buffer.from(raw, 'latin1'), ends, piece);
      const { prober, result } = await probed(server.port, {});
      expect(result).toMatchObject({ outcome: 'failure', message: expect.stringContaining(why) as string });
      expect(prober.httpConnections.open).toBe(0);
    }
  });
});

describe('HttpProbe takes for no body one', () => {
  it.each(NO_BODIES)('%s, which is a failure where a condition looks at it', async (_what, raw, why) => {
    const server = await answering(Buffer.from(raw, 'latin1'), ends);
    for (const expectedBody of [
      { kind: 'contains', text: 'UP' },
      { kind: 'lacks', text: 'DOWN' },
    ] as const) {
      const { prober, result } = await probed(server.port, { expectedBody });
      expect(result).toMatchObject({ outcome: 'failure', message: expect.stringContaining(why) as string });
      await until(() => prober.httpConnections.open === prober.httpConnections.idle);
    }
    const { result } = await probed(server.port, {});
    expect(result).toMatchObject({ outcome: 'success', message: 'answered 200' });
  });
});
