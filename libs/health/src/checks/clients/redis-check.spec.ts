import { make } from '../../../test/ready-made-check.js';
import { redisCheck, type RedisPing } from './redis-check.js';

/** A client whose pings are answered by hand. */
function client(state: Partial<RedisPing> = {}) {
  const pings: { resolve: (reply: unknown) => void; reject: (error: Error) => void }[] = [];
  const ping = () => new Promise<unknown>((resolve, reject) => void pings.push({ resolve, reject }));
  return { pings, redis: { ...state, ping } };
}

const checkOf = (redis: unknown) => make(redisCheck({ client: 'REDIS' }), redis);

describe('redisCheck', () => {
  it.each([
    ['an ioredis client that is ready', { status: 'ready' }],
    ['an ioredis client that connects when it is first used', { status: 'wait' }],
    ['a node-redis client that is ready', { isOpen: true, isReady: true }],
    ['any other client that can ping', {}],
  ])('is UP when %s is answered', async (_what, state) => {
    const { pings, redis } = client(state);
    const running = checkOf(redis).run();
    pings[0]?.resolve('PONG');
    expect(await running).toMatchObject({ state: 'UP' });
  });

  it.each([
    ['an ioredis client that lost its connection', { status: 'reconnecting' }, 'not connected: reconnecting'],
    ['an ioredis client that has ended', { status: 'end' }, 'not connected: end'],
    [
      'a node-redis client that was never opened',
      { isOpen: false, isReady: false },
      'connect() was never called',
    ],
    ['a node-redis client that lost its connection', { isOpen: true, isReady: false }, 'is not connected'],
  ])('is DOWN at once for %s, and leaves no ping in its queue', async (_what, state, reason) => {
    const { pings, redis } = client(state);
    expect(await checkOf(redis).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining(reason) as string,
    });
    expect(pings).toHaveLength(0);
  });

  it('is DOWN with the reason when the ping fails', async () => {
    const { pings, redis } = client();
    const running = checkOf(redis).run();
    pings[0]?.reject(new Error('NOAUTH Authentication required.'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'NOAUTH Authentication required.' });
  });

  it('owes a hung server one ping, however often it is asked, and is UP with its answer', async () => {
    const { pings, redis } = client();
    const check = checkOf(redis);
    for (let runs = 0; runs < 5; runs++) {
      const abort = new AbortController();
      const running = check.run(abort.signal);
      abort.abort(new Error('timed out'));
      expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    }
    const running = check.run();
    expect(pings).toHaveLength(1);
    pings[0]?.resolve('PONG');
    expect(await running).toMatchObject({ state: 'UP' });
  });
});

describe('settings of redisCheck', () => {
  it('refuse a missing token by name', () => {
    expect(() => redisCheck({} as never)).toThrow(
      "redisCheck: client is missing; give the injection token of the app's Redis client",
    );
  });

  it.each([[undefined], [null], [{}], ['redis://127.0.0.1']])(
    'refuse %p for a client when the app starts',
    (redis) => {
      expect(() => checkOf(redis)).toThrow(
        'redisCheck: client is "REDIS"; give the token of an ioredis or node-redis client, which has ping()',
      );
    },
  );
});
