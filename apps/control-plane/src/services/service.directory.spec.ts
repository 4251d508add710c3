import { MemoryDatabase } from '../../test/memory.database.js';
import { Feed } from '../database/feed.js';
import { instanceBody, ServiceDirectory } from './service.directory.js';
import { ServiceInstance } from './service.instance.js';
import type { StoredInstance } from './service.rows.js';

let directory: ServiceDirectory;
let told: string[];

beforeEach(() => {
  directory = new ServiceDirectory(new MemoryDatabase(), new Feed());
  told = [];
  directory.changed.subscribe((group) => told.push(group));
});

function added(key: number, more: Partial<StoredInstance> = {}): ServiceInstance {
  const node = { serviceId: 'a', protocol: 'http', address: '10.0.0.7', port: 80 };
  const service = new ServiceInstance({ key, ...node, registeredAtMs: key, ...more });
  directory.add(service);
  directory.noteChange(service);
  return service;
}

const ports = (nodes: readonly ServiceInstance[] | undefined): number[] | undefined =>
  nodes?.map(({ port }) => port);

describe('ServiceDirectory', () => {
  it('groups nodes by service and tag, in the order of their registration', () => {
    for (const [key, port] of [9, 3, 7].entries()) added(key + 1, { port });
    added(4, { port: 1, tag: 'dev' });
    expect(ports(directory.lookup('a'))).toEqual([9, 3, 7]);
    expect(ports(directory.lookup('a', 'dev'))).toEqual([1]);
    expect(directory.listed().map(({ group }) => group)).toEqual(['a', 'a|dev']);
    expect(directory.nextKey()).toBe(5);
  });

  it('tells an unknown group from one whose nodes are all critical, or have all gone', () => {
    expect([directory.lookup('a'), directory.shown('a')]).toEqual([undefined, []]);
    const service = added(1);
    service.critical = true;
    directory.noteChange(service);
    expect([directory.lookup('a'), directory.shown('a')]).toEqual([[], []]);
    directory.remove(service);
    expect([directory.lookup('a'), directory.size]).toEqual([undefined, 0]);
  });

  it('tells of a group when what is shown of it changes, and of nothing else', () => {
    const [one, other] = [added(1), added(2, { port: 81 })];
    expect(told.splice(0)).toEqual(['a', 'a']);
    directory.noteChange(one);
    expect(told).toEqual([]);
    one.critical = true;
    directory.noteChange(one);
    directory.noteChange(one);
    expect([told.splice(0), ports(directory.lookup('a'))]).toEqual([['a'], [81]]);
    directory.remove(one);
    expect(told).toEqual([]);
    directory.remove(other);
    directory.remove(other);
    expect(told).toEqual(['a']);
  });

  it('finds a node by the id of its check, with and without protocol and brackets', () => {
    const service = added(1, { tag: 'dev', address: '::1' });
    for (const id of [
      'a|dev:http:::1:80',
      'a|dev:http:[::1]:80',
      'a|dev:::1:80',
      'a|dev:[0:0::1]:80',
      'a|dev:HTTP:::1:80',
    ])
      expect([id, directory.find(id)]).toEqual([id, service]);
    for (const id of ['a:http:::1:80', 'a|dev:https:::1:80', 'a|dev:http:::1:81', 'a|dev', ''])
      expect([id, directory.find(id)]).toEqual([id, undefined]);
  });

  it('finds without the protocol the node that registered last, and the other one when that has gone', () => {
    const [http, https] = [added(1), added(2, { protocol: 'https' })];
    expect(directory.find('a:10.0.0.7:80')).toBe(https);
    http.registeredAgain({ ...http.stored, registeredAtMs: 3 });
    expect(directory.find('a:10.0.0.7:80')).toBe(http);
    directory.remove(http);
    expect(directory.find('a:10.0.0.7:80')).toBe(https);
    directory.remove(https);
    expect(directory.find('a:10.0.0.7:80')).toBeUndefined();
  });

  it('finds the node that is there where an id can be read in two ways', () => {
    const whole = added(1, { address: 'a:b::1' });
    expect(directory.find('a:a:b::1:80')).toBe(whole);
    const short = added(2, { protocol: 'a', address: 'b::1' });
    expect(directory.find('a:a:b::1:80')).toBe(short);
  });

  it('gives a node back as it is kept, and to others as where it is', () => {
    const check = { healthPath: '/h/', tlsSkipVerify: true, interval: 1, deregisterCriticalServiceAfter: 2 };
    const stored: StoredInstance = {
      key: 1,
      serviceId: 'a',
      tag: 't',
      protocol: 'http',
      address: 'b',
      port: 1,
      name: 'n',
      check,
      registeredAtMs: 5,
    };
    const service = new ServiceInstance(stored);
    expect(service.stored).toEqual(stored);
    expect(instanceBody(service)).toEqual({ protocol: 'http', address: 'b', port: 1 });
  });
});
