import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkByCommand, checkByHttp, type PhaseCheck } from './phase-check.js';

const { signal } = new AbortController();
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A check of a server that answers this; without a status, not at all. */
async function checkOf(status: number, body = '', timeoutMs = 30_000): Promise<PhaseCheck> {
  const listening = createServer((_request, response) => {
    if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end(body);
  });
  servers.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return checkByHttp(new URL(`http://127.0.0.1:${port}/ready`), timeoutMs);
}

describe('The phase from a command', () => {
  it.each([
    [0, 'Ready'],
    [1, 'NotReady'],
    [2, 'NotReady'],
    [3, 'Starting'],
    [4, 'Draining'],
    [5, 'Maintenance'],
    [6, 'NotReady'],
    [127, 'NotReady'],
  ])('is, for exit code %d, %s', async (code, phase) => {
    const check = checkByCommand(`exit ${code}`, 30_000, () => process.env);
    expect(await check(signal)).toEqual({ phase, why: `exit code ${code}` });
  });

  it.each([
    ['takes too long', 'sleep 60', 50, 'took longer than 50 ms'],
    ['is killed', 'kill -9 $$', 30_000, 'ended by SIGKILL'],
  ])('is NotReady when it %s', async (_what, command, timeoutMs, why) => {
    const check = checkByCommand(command, timeoutMs, () => process.env);
    expect(await check(signal)).toEqual({ phase: 'NotReady', why });
  });
});

describe('The phase from a URL', () => {
  it.each([
    [200, '', 'Ready'],
    [204, '', 'Ready'],
    [302, '', 'NotReady'],
    [404, '', 'NotReady'],
    [503, '', 'NotReady'],
    [200, '{"phase":"Maintenance"}', 'Maintenance'],
    [503, '{"phase":"Draining"}', 'Draining'],
    [200, '{"phase":"ready"}', 'Ready'],
    [503, '{"status":"UP"}', 'NotReady'],
    [200, 'null', 'Ready'],
    [200, '<html>', 'Ready'],
  ])('is, for %d with %j, %s', async (status, body, phase) => {
    expect(await (await checkOf(status, body))(signal)).toMatchObject({ phase });
  });

  it('is NotReady when the answer takes too long, or nobody answers', async () => {
    const check = await checkOf(0, '', 50);
    expect(await check(signal)).toEqual({ phase: 'NotReady', why: 'no answer within 50 ms' });
    const away = checkByHttp(new URL('http://127.0.0.1:9/'), 30_000);
    expect(await away(signal)).toMatchObject({
      phase: 'NotReady',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
