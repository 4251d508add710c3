import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestControlPlane } from '../../../../test/support/control-plane.js';
import { WatchingClient } from '../../test/watching-client.js';
import { CheckDirectory } from '../checks/check.directory.js';
import { ServiceDirectory } from './service.directory.js';

const SERVICE = 'com.networknt.petstore-1.0.0';
/** The bodies of light-4j's client, letter for letter. */
const TTL = `{"serviceId":"${SERVICE}","name":"null","tag":"dev","protocol":"https","address":"10.0.0.7","port":8443,"check":{"id":"${SERVICE}|dev:https:10.0.0.7:8443","deregisterCriticalServiceAfter":120000,"interval":10000}}`;
const HTTP = `{"serviceId":"${SERVICE}","name":"null","tag":"dev","protocol":"https","address":"10.0.0.8","port":8443,"check":{"id":"${SERVICE}|dev:https:10.0.0.8:8443","deregisterCriticalServiceAfter":120000,"healthPath":"/health/","tlsSkipVerify":true,"interval":10000}}`;
const NODES = ['10.0.0.7', '10.0.0.8'].map((address) => ({ protocol: 'https', address, port: 8_443 }));
const QUERY = `serviceId=${SERVICE}&protocol=https&address=10.0.0.7&port=8443&checkInterval=10000&tag=dev`;

let folder: string;
let path: string;
let starts = 0;
let plane: TestControlPlane;

/** Stops it, and starts another on a copy of what lies on disk: this process may hold the file until it ends. */
async function restart(): Promise<void> {
  await plane.stop();
  const before = path;
  path = join(folder, `${++starts}.db`);
  for (const suffix of ['', '-wal']) {
    if (existsSync(before + suffix)) copyFileSync(before + suffix, path + suffix);
  }
  plane = await TestControlPlane.start({ DATABASE_URL: `sqlite:${path}` });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  path = join(folder, '0.db');
  plane = await TestControlPlane.start({ DATABASE_URL: `sqlite:${path}` });
});
afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('A stock client of light-controller', () => {
  it('registers, finds others, is told of them, and deregisters, across a restart of the control plane', async () => {
    const lookup = `/services/lookup?serviceId=${SERVICE}&tag=dev`;
    const subscriber = await WatchingClient.connect(plane.url);
    subscriber.socket.send(`https://localhost:443/${SERVICE}?environment=dev&`);
    expect(await subscriber.next()).toEqual({ [`${SERVICE}|dev`]: [] });
    for (const body of [TTL, HTTP]) {
      expect((await plane.send('POST', '/services', body)).body).toMatchObject({ code: 'SUC10200' });
    }
    await subscriber.until(
      (message) => JSON.stringify(message) === JSON.stringify({ [`${SERVICE}|dev`]: NODES }),
    );
    expect((await plane.send('GET', lookup)).body).toEqual(NODES);
    await restart();
    while (!subscriber.closed) await subscriber.next();
    expect(subscriber.closed.code).toBe(1001);
    expect((await plane.send('GET', lookup)).body).toEqual(NODES);
    const again = await WatchingClient.connect(plane.url);
    again.subscribe(`${SERVICE}|dev`);
    expect(await again.next()).toEqual({ [`${SERVICE}|dev`]: NODES });
    expect((await plane.send('DELETE', `/services?${QUERY}`)).body).toMatchObject({ code: 'SUC10200' });
    expect(await again.next()).toEqual({ [`${SERVICE}|dev`]: NODES.slice(1) });
    expect((await plane.send('GET', lookup)).body).toEqual(NODES.slice(1));
    await again.close();
  });

  it('leaves behind what it said last: a check that it left out, and a node that it removed, do not come back', async () => {
    const { check: _check, ...unchecked } = JSON.parse(HTTP) as { check: object };
    const register = async (body: unknown): Promise<unknown> =>
      (await plane.send('POST', '/services', body)).status;
    expect([await register(TTL), await register(HTTP), await register(unchecked)]).toEqual([200, 200, 200]);
    expect((await plane.send('DELETE', `/services?${QUERY}`)).status).toBe(200);
    await restart();
    const known = plane.app
      .get(ServiceDirectory)
      .listed()
      .flatMap(({ instances }) => instances);
    expect(known.map(({ address, check }) => [address, check])).toEqual([['10.0.0.8', undefined]]);
    expect([...plane.app.get(CheckDirectory).all()]).toEqual([]);
    expect([await register(TTL), await register(HTTP)]).toEqual([200, 200]);
    expect([...plane.app.get(CheckDirectory).all()].map(({ id }) => id).toSorted()).toEqual(
      ['10.0.0.7', '10.0.0.8'].map((address) => `${SERVICE}|dev:https:${address}:8443`),
    );
  });
});
