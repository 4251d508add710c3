import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import type { Check } from './check.js';

const ID = 'orders:http:127.0.0.1:80';

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});
const check = (id = ID): Check => fixture.directory.get(id);

/** How each ended, all begun at once: `ok`, or the code of its refusal. */
function atOnce(...work: Promise<unknown>[]): Promise<string[]> {
  const ended = work.map((one) =>
    one.then(
      () => 'ok',
      ({ code, message }: { code?: string; message: string }) => code ?? message,
    ),
  );
  return fixture.done(Promise.all(ended));
}

describe('The check of a service that an operator pauses', () => {
  it('does not come back when the service is deregistered in the same moment', async () => {
    const node = await fixture.register('orders', {});
    const ended = await atOnce(fixture.registry.deregister(node), fixture.checks.pause(ID, true));
    expect([ended, fixture.directory.size]).toEqual([['ok', 'check-not-found'], 0]);
    expect((await fixture.afterPowerLoss()).directory.size).toBe(0);
  });

  it('is paused, and goes when the service is deregistered right after', async () => {
    const node = await fixture.register('orders', {});
    const ended = await atOnce(fixture.checks.pause(ID, true), fixture.registry.deregister(node));
    expect([ended, fixture.directory.size]).toEqual([['ok', 'ok'], 0]);
    expect((await fixture.afterPowerLoss()).directory.size).toBe(0);
  });

  it.each(['the pause', 'the service'])('keeps what both say at once, %s first', async (first) => {
    await fixture.register('orders', { interval: 10_000 });
    const pause = (): Promise<unknown> => fixture.checks.pause(ID, true);
    const register = (): Promise<unknown> => fixture.register('orders', { interval: 20_000 });
    const both = first === 'the pause' ? [pause(), register()] : [register(), pause()];
    expect(await atOnce(...both)).toEqual(['ok', 'ok']);
    expect(check().definition).toMatchObject({ paused: true, intervalMs: 20_000 });
    const again = await fixture.afterPowerLoss();
    expect(again.directory.get(ID).definition).toMatchObject({ paused: true, intervalMs: 20_000 });
  });
});
