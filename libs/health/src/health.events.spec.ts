import { Logger } from '@nestjs/common';
import { type CheckChange, HealthEvents } from './health.events.js';

const change: CheckChange = {
  id: 'Disk#check',
  name: 'disk',
  from: 'UP',
  to: 'DOWN',
  reason: 'full',
  atMs: 0,
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('HealthEvents', () => {
  it('tells listeners of the event that they asked for, until they end it', () => {
    const events = new HealthEvents();
    const told: string[] = [];
    const end = events.on('check', ({ id, to }) => told.push(`${id} ${to}`));
    events.on('availability', ({ ready }) => told.push(`ready ${ready}`));
    events.emit('check', change);
    events.emit('availability', { ready: false, notReady: ['shutdown'] });
    end();
    events.emit('check', change);
    expect(told).toEqual(['Disk#check DOWN', 'ready false']);
  });

  it('logs a listener that throws or rejects, and tells the others all the same', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const events = new HealthEvents();
    const told: string[] = [];
    events.on('check', () => {
      throw new Error('thrown');
    });
    events.on('check', () => Promise.reject(new Error('rejected')));
    events.on('check', () => {
      throw Object.create(null);
    });
    events.on('check', () => told.push('told'));
    events.emit('check', change);
    await Promise.resolve();
    expect(told).toEqual(['told']);
    expect(logged).toHaveBeenCalledTimes(3);
  });
});
