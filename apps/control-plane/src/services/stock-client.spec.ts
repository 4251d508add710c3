import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestControlPlane } from '../../../../test/support/control-plane.js';
import { WatchingClient } from '../../test/watching-client.js';

const SERVICE = 'com.networknt.petstore-1.0.0';
/** The bodies of light-4j's client, letter for letter. */
const TTL = `{"serviceId":"${SERVICE}","name":"null","tag":"dev","protocol":"https","address":"10.0.0.7","port":8443,"check":{"id":"${SERVICE}|dev:https:10.0.0.7:8443","deregisterCriticalServiceAfter":120000,"interval":10000}}`;
const HTTP = `{"serviceId":"${SERVICE}","name":"null","tag":"dev","protocol":"https","address":"10.0.0.8","port":8443,"check":{"id":"${SERVICE}|dev:https:10.0.0.8:8443","deregisterCriticalServiceAfter":120000,"healthPath":"/health/","tlsSkipVerify":true,"interval":10000}}`;
const NODES = ['10.0.0.7', '10.0.0.8'].map((address) => ({ protocol: 'https', address, port: 8_443 }));
const QUERY = `serviceId=${SERVICE}&protocol=https&address=10.0.0.7&port=8443&checkInterval=10000&tag=dev`;

let folder: string;
let plane: TestControlPlane;

const start = (): Promise<TestControlPlane> =>
  TestControlPlane.start({ DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}` });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  plane = await start();
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
    await plane.stop();
    while (!subscriber.closed) await subscriber.next();
    expect(subscriber.closed.code).toBe(1001);

    plane = await start();
    expect((await plane.send('GET', lookup)).body).toEqual(NODES);
    const again = await WatchingClient.connect(plane.url);
    again.subscribe(`${SERVICE}|dev`);
    expect(await again.next()).toEqual({ [`${SERVICE}|dev`]: NODES });
    expect((await plane.send('DELETE', `/services?${QUERY}`)).body).toMatchObject({ code: 'SUC10200' });
    expect(await again.next()).toEqual({ [`${SERVICE}|dev`]: NODES.slice(1) });
    expect((await plane.send('GET', lookup)).body).toEqual(NODES.slice(1));
    await again.close();
  });
});
