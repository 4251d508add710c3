import { MemoryDatabase } from '../../../test/memory.database.js';
import { Feed } from '../../database/feed.js';
import { ServiceDirectory } from '../service.directory.js';
import { ServiceInstance } from '../service.instance.js';
import { GroupMessages } from './group.messages.js';

let directory: ServiceDirectory;
let messages: GroupMessages;
let dropped: string[];

beforeEach(() => {
  directory = new ServiceDirectory(new MemoryDatabase(), new Feed());
  messages = new GroupMessages(directory, 1_000);
  dropped = [];
  directory.changed.subscribe((group) => messages.forget(group));
});

function add(key: number, address = 'h'): void {
  const service = new ServiceInstance({
    key,
    serviceId: 'a',
    protocol: 'http',
    address,
    port: key,
    registeredAtMs: key,
  });
  directory.add(service);
  directory.noteChange(service);
}

const take = (who: string) => messages.borrow('a', () => dropped.push(who));

describe('GroupMessages', () => {
  it('forms a state once for all who are sent it, with IPv6 in brackets', () => {
    add(1, '::1');
    const [one, other] = [take('one'), take('other')];
    expect(one.text).toBe(other.text);
    expect(one.text.toString()).toBe('{"a":[{"protocol":"http","address":"[::1]","port":1}]}');
  });

  it('counts what was replaced while somebody is being sent it, until it is given back, and drops nobody for it', () => {
    add(1);
    const [one, other] = [take('one'), take('other')];
    add(2);
    expect(messages.outdatedBytes).toBe(one.text.length);
    for (const message of [one, other]) messages.giveBack(message);
    messages.giveBack(one);
    expect([messages.outdatedBytes, dropped]).toEqual([0, []]);
  });

  it('drops those who are being sent the oldest states when too much is kept for them', () => {
    for (let key = 1; key <= 30; key++) {
      add(key);
      take(`client ${key}`);
    }
    expect(messages.outdatedBytes).toBeLessThanOrEqual(1_000);
    expect(dropped.length).toBeGreaterThan(10);
    expect(dropped).toEqual(Array.from({ length: dropped.length }, (_, index) => `client ${index + 1}`));
  });
});
