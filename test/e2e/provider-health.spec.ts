import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { LeaseSweeper } from '../../apps/control-plane/src/leases/lease.sweeper.js';
import { SilenceEvidence } from '../../apps/control-plane/src/provider-health/provider.polls.js';
import { SteppedClock, TestControlPlane, until } from '../support/control-plane.js';

/** How often a control plane sweeps, in milliseconds. */
const SWEEP_EVERY_MS = 50;

let clock: SteppedClock;
let plane: TestControlPlane;
let provider: Server;
let endpoint: string;
let code: number;
let asked: number;

beforeEach(async () => {
  code = 200;
  asked = 0;
  provider = createServer((_request, response) => {
    asked++;
    response.writeHead(code).end();
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  endpoint = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  clock = new SteppedClock();
  plane = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' }, clock);
});

afterEach(async () => {
  await plane.stop();
  provider.closeAllConnections();
  provider.close();
});

async function health(name: string): Promise<Readonly<Record<string, unknown>>> {
  return (await plane.send('GET', `/provider-health/${name}`)).body;
}

/** Asks all providers now, until `name` is told as this. */
async function swept(name: string, state: string): Promise<Readonly<Record<string, unknown>>> {
  expect((await plane.send('POST', '/provider-health/sweeps')).status).toBe(202);
  return until(
    15_000,
    async () => {
      // a sweep spreads its questions over a part of the interval
      await clock.advance(SWEEP_EVERY_MS);
      return health(name);
    },
    (body) => body['state'] === state,
  );
}

describe('GET /provider-health', () => {
  it('tells what providers answered that want to be asked, and of the others that they are not asked', async () => {
    await plane.register('p1', { endpoint, health_path: '/health' });
    await plane.register('p2');
    expect(await swept('p1', 'healthy')).toMatchObject({ healthy: true, checked: true, stale: false });
    expect(await health('p2')).toMatchObject({ state: 'unchecked', checked: false, checked_at: null });
    code = 503;
    expect(await swept('p1', 'unhealthy')).toMatchObject({
      healthy: false,
      message: expect.stringContaining('503'),
    });
    const { body } = await plane.send('GET', '/provider-health?state=unhealthy');
    expect(body['providers']).toMatchObject([{ name: 'p1' }]);
    expect((await plane.send('GET', '/provider-health/nobody')).status).toBe(404);
  });

  it('calls nobody healthy that was not asked yet', async () => {
    await plane.register('p1', { endpoint, health_path: '/health' });
    expect(await health('p1')).toMatchObject({ state: 'unknown', healthy: null, since: null });
  });

  it('forgets what a provider answered that is removed, moves, or wants to be asked no more', async () => {
    await plane.register('p1', { endpoint, health_path: '/health' });
    await swept('p1', 'healthy');
    await plane.register('p1', { endpoint, health_path: '/other' });
    expect(await health('p1')).toMatchObject({ state: 'unknown' });
    await plane.register('p1', { endpoint });
    expect(await health('p1')).toMatchObject({ state: 'unchecked' });
  });

  it.each([
    ['http://169.254.169.254', '/latest'],
    ['ftp://127.0.0.1', '/health'],
    ['http://user:secret@127.0.0.1', '/health'],
  ])('refuses to ask %s', async (refused, health_path) => {
    const { status, body } = await plane.register('p1', { endpoint: refused, health_path });
    expect([status, body['errors']]).toMatchObject([422, [{ pointer: '/health_path' }]]);
  });
});

describe('A provider that falls silent', () => {
  it('is asked for its health once it is Suspect, which saves it not, and is told in the cause', async () => {
    await plane.register('p1', { endpoint, health_path: '/health' });
    await plane.beat('p1');
    const before = asked;
    for (let passedMs = 0; passedMs < 6_200; passedMs += SWEEP_EVERY_MS) {
      await clock.advance(SWEEP_EVERY_MS);
      await plane.app.get(LeaseSweeper).sweep();
      plane.app.get(SilenceEvidence).askSuspects();
      if (passedMs % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (passedMs === 5_500)
        await until(
          30_000,
          () => health('p1'),
          ({ state }) => state === 'healthy',
        );
    }
    expect(asked).toBe(before + 1);
    const { body } = await plane.send('GET', '/transitions');
    const causes = (body['transitions'] as { to: string; cause: string }[])
      .filter(({ to }) => to === 'Unavailable')
      .map(({ cause }) => cause);
    expect(causes).toEqual([
      expect.stringMatching(/; polled for its health .* before, it answered healthy$/),
    ]);
  });
});
