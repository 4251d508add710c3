import { Logger } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { ManualClock } from '@vitals/core/time';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { HealthRegistry } from './discovery/health.registry.js';
import { HealthEvents } from './health.events.js';
import { HealthService } from './health.service.js';
import { CheckMonitor } from './monitoring/check.monitor.js';

beforeEach(() => Logger.overrideLogger(false));

function service() {
  const registry = new HealthRegistry();
  const events = new HealthEvents();
  const availability = new AvailabilityState(events);
  const clock = new ManualClock();
  availability.target(BOOTSTRAP_TARGET).ready();
  const health = new HealthService(registry, new CheckMonitor(clock, registry, events), availability, clock);
  return { registry, availability, clock, events, health };
}

describe('a component', () => {
  const store = { name: 'store', type: 'state.redis' };

  it('keeps its last error after it is well again', async () => {
    const { registry, clock, health } = service();
    let up = false;
    registry.register('ping', { component: store }, () => (up ? true : HealthStatus.down('refused')));
    const failedAtMs = clock.wallMs();
    expect(await health.component('state.redis', 'store')).toMatchObject({
      status: 'NOT_OK',
      message: 'refused',
    });
    await clock.advance(5_000);
    up = true;
    expect(await health.components()).toMatchObject([
      { status: 'OK', message: undefined, lastError: { message: 'refused', atMs: failedAtMs } },
    ]);
  });

  it('that was registered with an error failed, and is not one without a ping', async () => {
    const { registry, health } = service();
    registry.registerComponent(store, undefined, new Error('redis://user:hunter2@db is unknown'));
    registry.registerComponent({ name: 'bare', type: 'state' });
    expect(await health.components()).toMatchObject([
      { name: 'store', status: 'NOT_OK', critical: true, message: 'redis://***@db is unknown' },
      { name: 'bare', status: 'UNDEFINED' },
    ]);
  });

  it('does not inherit the error of one that was removed', async () => {
    const { registry, health } = service();
    registry.register('old', { component: store }, () => false);
    await health.components();
    registry.remove('old');
    registry.register('new', { component: store }, () => true);
    expect(await health.components()).toMatchObject([{ status: 'OK', lastError: undefined }]);
  });

  it('is as critical as its ping, unless it says so itself', async () => {
    const { registry, health } = service();
    registry.register('a', { critical: false, component: { ...store, name: 'a' } }, () => false);
    registry.register('b', { component: { ...store, name: 'b', critical: false } }, () => false);
    registry.registerComponent({ ...store, name: 'c', critical: false });
    expect((await health.components()).map(({ name, critical }) => [name, critical])).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
    ]);
  });
});

describe('events', () => {
  it('tell UP → DOWN → UP as exactly two changes of the check', async () => {
    const { registry, events, health } = service();
    const told: string[] = [];
    events.on('check', ({ id, from, to, reason }) => told.push([id, from, to, reason].join(' ')));
    let up = true;
    registry.register('disk', {}, () => up);
    for (const next of [true, false, false, true]) {
      up = next;
      await health.report();
    }
    expect(told).toEqual(['disk UP DOWN the check returned false', 'disk DOWN UP ']);
  });

  it('tell whether the app takes work, once for each change', () => {
    const { availability, events } = service();
    const told: unknown[] = [];
    events.on('availability', (change) => told.push(change));
    availability.refuse('maintenance');
    availability.refuse('maintenance');
    availability.accept('maintenance');
    expect(told).toEqual([
      { ready: false, notReady: ['maintenance'] },
      { ready: true, notReady: [] },
    ]);
  });
});
