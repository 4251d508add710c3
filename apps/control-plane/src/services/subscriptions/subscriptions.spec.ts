import type { AddressInfo } from 'node:net';
import { RawConnection } from '../../../../../test/support/raw-connection.js';
import { TestControlPlane } from '../../../../../test/support/control-plane.js';
import { nodeAt } from '../../../test/registry-fixture.js';
import { WatchingClient } from '../../../test/watching-client.js';
import type { ServiceInstance } from '../service.instance.js';
import { ServiceDirectory } from '../service.directory.js';
import { ServiceRegistry } from '../service.registry.js';

let plane: TestControlPlane;
let directory: ServiceDirectory;
let registry: ServiceRegistry;
const open: WatchingClient[] = [];

beforeAll(async () => {
  plane = await TestControlPlane.start();
  directory = plane.app.get(ServiceDirectory);
  registry = plane.app.get(ServiceRegistry);
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  for (const { instances } of directory.listed())
    for (const service of instances) await registry.deregister(service);
});
afterAll(() => plane.stop());

async function connect(...groups: string[]): Promise<WatchingClient> {
  const client = await WatchingClient.connect(plane.url);
  open.push(client);
  for (const group of groups) {
    client.subscribe(group);
    await client.next();
  }
  return client;
}

const at = (...ports: number[]): object[] =>
  ports.map((port) => ({ protocol: 'http', address: '10.0.0.7', port }));
const register = (port: number, tag?: string): Promise<ServiceInstance> =>
  registry.register(nodeAt(port, tag === undefined ? {} : { tag }), { onlyNew: false });

describe('Whoever subscribes to a service', () => {
  it('is told of its nodes at once, and whenever one comes, fails, recovers, goes, or is removed for its failures', async () => {
    const client = await connect();
    client.subscribe('a|dev');
    expect(await client.next()).toEqual({ 'a|dev': [] });
    const one = await register(80, 'dev');
    expect(await client.next()).toEqual({ 'a|dev': at(80) });
    const other = await register(79, 'dev');
    expect(await client.next()).toEqual({ 'a|dev': at(80, 79) });
    one.critical = true;
    directory.noteChange(one);
    expect(await client.next()).toEqual({ 'a|dev': at(79) });
    one.critical = false;
    directory.noteChange(one);
    expect(await client.next()).toEqual({ 'a|dev': at(80, 79) });
    await registry.deregister(other);
    expect(await client.next()).toEqual({ 'a|dev': at(80) });
    directory.remove(one);
    expect(await client.next()).toEqual({ 'a|dev': [] });
  });

  it('may subscribe to several on one connection, and is told of no other', async () => {
    const client = await connect('a', 'b|dev', 'a|dev');
    await register(1, 'test');
    await register(2);
    await register(3, 'dev');
    expect([await client.next(), await client.next()]).toEqual([{ a: at(2) }, { 'a|dev': at(3) }]);
  });

  it('is told the last state of changes that come in one turn, in few messages', async () => {
    const services = await Promise.all(Array.from({ length: 500 }, (_, port) => register(port + 1)));
    const clients = [await connect('a'), await connect('a')];
    for (const service of services) directory.remove(service);
    for (const client of clients) {
      expect(await client.until((message) => JSON.stringify(message) === '{"a":[]}')).toBeLessThan(5);
    }
  });

  it('is told the state again when it subscribes again', async () => {
    const client = await connect('a');
    client.subscribe('a');
    expect(await client.next()).toEqual({ a: [] });
  });

  it('is told why a text is not a subscription, and stays connected', async () => {
    const client = await connect();
    for (const text of ['hello', '', '{"serviceId":"a"}', 'https://localhost/a|b']) {
      client.socket.send(text);
      expect(await client.next()).toEqual({
        statusCode: 400,
        code: 'ERR11004',
        message: 'VALIDATOR_SCHEMA',
        description: expect.stringContaining('is not a subscription; send https://host:port/<serviceId>'),
        severity: 'ERROR',
      });
    }
    client.subscribe('a');
    expect(await client.next()).toEqual({ a: [] });
  });

  it.each<[string, (client: WatchingClient) => void, number]>([
    ['sends bytes', ({ socket }) => socket.send(Buffer.from('a'), { binary: true }), 1003],
    ['sends more than 4 kB', ({ socket }) => socket.send('x'.repeat(4_097)), 1009],
    ['goes on sending nonsense', ({ socket }) => Array.from({ length: 30 }, () => socket.send('x')), 1008],
    ['sends what is no UTF-8', ({ socket }) => socket.send(Buffer.from([0xff]), { binary: false }), 1007],
  ])('is disconnected when it %s', async (_what, misbehave, code) => {
    const client = await connect('a');
    misbehave(client);
    while (!client.closed) await client.next();
    expect(client.closed.code).toBe(code);
    expect((await plane.send('GET', '/services')).status).toBe(200);
  });

  it('is told that a WebSocket is elsewhere, where there is none', async () => {
    const { status, text } = await WatchingClient.refusal(`${plane.url}/services`);
    expect([status, JSON.parse(text)]).toEqual([404, expect.objectContaining({ code: 'ERR10048' })]);
  });
});

describe('A control plane on every address of a host', () => {
  it('serves subscribers on each of them, and requests that offer another protocol', async () => {
    const other = await TestControlPlane.start({ HOST: 'localhost' });
    try {
      const listening = other.app.getHttpAdapter().getInstance().addresses() as AddressInfo[];
      for (const { address, port } of listening) {
        const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
        const client = await WatchingClient.connect(url);
        client.subscribe('a');
        expect(await client.next()).toEqual({ a: [] });
        await client.close();
        const offer = 'host: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n';
        const { status } = await RawConnection.ask(url, `GET /services HTTP/1.1\r\n${offer}\r\n`);
        expect(status).toBe(200);
      }
    } finally {
      await other.stop();
    }
  });
});

describe('At shutdown', () => {
  it('every subscriber is told with 1001, and nobody who does not answer holds it up', async () => {
    const other = await TestControlPlane.start();
    const client = await WatchingClient.connect(other.url);
    const deaf = await WatchingClient.connect(other.url);
    deaf.socket.pause();
    await other.stop();
    while (!client.closed) await client.next();
    expect(client.closed).toEqual({ code: 1001, reason: 'the control plane is shutting down' });
    deaf.socket.terminate();
  });
});
