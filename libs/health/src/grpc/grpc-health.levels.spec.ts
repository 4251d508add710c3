import { connect, constants } from 'node:http2';
import { grpcClient, serveGrpc } from '../../test/grpc-app.js';
import { PLANTED, PLANTED_APP, PLANTED_OPTIONS, plant, refuseWork } from '../../test/planted-app.js';

const KINDS = ['liveness', 'readiness', 'startup', 'wellness'];
const METHODS = ['Check', 'List', 'Watch'];

/** Calls a method, and returns everything that came back: headers, frames and trailers. */
async function everythingOf(port: number, method: string, service: string): Promise<string> {
  const session = connect(`http://127.0.0.1:${port}`);
  const name = Buffer.from(service);
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/grpc.health.v1.Health/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let told = '';
  stream.on('response', (headers) => (told += JSON.stringify(headers)));
  stream.on('trailers', (headers) => (told += JSON.stringify(headers)));
  await new Promise<void>((resolve) => {
    stream.on('data', (part: Buffer) => {
      told += part.toString('latin1');
      // a watch does not end by itself
      if (method === 'Watch') stream.close();
    });
    stream.on('close', resolve);
    stream.end(Buffer.concat([prefix, message]));
  });
  session.close();
  return told;
}

describe('how much gRPC tells', () => {
  it.each(['names', 'full', 'auto'] as const)('is names and statuses with the option %s', async (detail) => {
    const { app, port, list } = await serveGrpc({ ...PLANTED_APP, health: { ...PLANTED_OPTIONS, detail } });
    plant(app);
    const listed = Object.keys(await list());
    expect(listed).toEqual(
      expect.arrayContaining(['', ...KINDS, `${PLANTED.name}-declared`, `${PLANTED.name}-group`]),
    );
    for (const method of METHODS)
      for (const service of ['', `${PLANTED.name}-declared`, 'unknown'])
        expect(await everythingOf(port, method, service)).not.toMatch(`${PLANTED.data}|${PLANTED.reason}`);
  });

  it('is statuses alone with the option status: whole and kinds are listed, and no name is told', async () => {
    const health = { ...PLANTED_OPTIONS, detail: 'status' } as const;
    const { app, port, list, check } = await serveGrpc({ ...PLANTED_APP, health });
    plant(app);
    expect(Object.keys(await list()).toSorted()).toEqual(['', ...KINDS]);
    refuseWork(app);
    for (const method of METHODS)
      for (const service of ['', 'readiness', `${PLANTED.name}-declared`, `${PLANTED.name}-unknown`]) {
        const told = await everythingOf(port, method, service);
        expect([method, service, Object.values(PLANTED).filter((word) => told.includes(word))]).toEqual([
          method,
          service,
          [],
        ]);
      }
    expect(await check(`${PLANTED.name}-group`)).toBe('SERVING');
  });

  it('does not depend on the address that is listened on, nor on who asks', async () => {
    const health = { detail: 'status' } as const;
    const { port } = await serveGrpc({ ...PLANTED_APP, health, grpc: { host: '0.0.0.0' } });
    expect(Object.keys(await grpcClient(port).list()).toSorted()).toEqual(['', ...KINDS]);
  });
});
