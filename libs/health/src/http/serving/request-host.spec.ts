import { checkClass } from '../../../test/health-app.js';
import { DOORS } from '../../../test/health-doors.js';
import { HealthStatus } from '../../index.js';
import { isHostOfMachine } from './framework-exchange.js';

describe('the host that a request names', () => {
  it.each([
    [undefined, true],
    ['localhost', true],
    ['LocalHost:3000', true],
    ['localhost.', true],
    ['orders.localhost:80', true],
    ['127.0.0.1:3000', true],
    ['192.0.2.7', true],
    ['[::1]:3000', true],
    ['[::1]', true],
    ['evil.example', false],
    ['evil.example:3000', false],
    ['localhost.evil.example', false],
    ['notlocalhost', false],
    ['127.0.0.1.evil.example', false],
    ['', false],
    ['localhost@evil.example', false],
  ])('%s is of this machine: %j', (host, own) => {
    expect(isHostOfMachine({ headers: { host }, url: '/health' })).toBe(own);
    expect(isHostOfMachine({ headers: { ':authority': host }, url: '/health' })).toBe(own);
    if (host) expect(isHostOfMachine({ headers: {}, url: `http://${host}/health` })).toBe(own);
  });
});

const Store = checkClass({ name: 'store' }, () => HealthStatus.down('no route to redis'), 'Store');

/** Before bootstrap is complete there are no checks to tell of. */
const SERVING = DOORS.filter(({ door }) => !door.includes('before bootstrap'));

describe.each(SERVING)('at $door a request on loopback', ({ open }) => {
  it.each<[string, Record<string, string>, boolean]>([
    ['by an address', { host: '127.0.0.1:80' }, true],
    ['by a loopback name', { host: 'localhost' }, true],
    ['by a name that DNS points here', { host: 'evil.example' }, false],
    ['of a page of another site', { host: '127.0.0.1', 'sec-fetch-site': 'cross-site' }, false],
    ['of a page of its own', { host: '127.0.0.1', 'sec-fetch-site': 'same-origin' }, true],
  ])('%s is told everything or names only', async (_what, headers, everything) => {
    await open({ providers: [Store] }, async (ask) => {
      for (const path of ['/health', '/health/check/store']) {
        const { body } = await ask(path, { headers });
        expect([path, body.includes('no route to redis')]).toEqual([path, everything]);
      }
    });
  });
});
