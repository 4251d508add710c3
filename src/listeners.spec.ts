import { Listeners } from './listeners.js';

describe('Listeners', () => {
  it('are told in the order in which they came, until they are taken out', () => {
    const told: string[] = [];
    const listeners = new Listeners<string>(() => told.push('failed'));
    const stop = listeners.add((event) => told.push(`first ${event}`));
    listeners.add((event) => told.push(`second ${event}`));
    listeners.tell('a');
    stop();
    listeners.tell('b');
    expect(told).toEqual(['first a', 'second a', 'second b']);
  });

  it('disturb nobody else when they throw or reject', async () => {
    const failures: unknown[] = [];
    const told: number[] = [];
    const listeners = new Listeners<number>((error) => failures.push(error));
    listeners.add(() => {
      throw new Error('thrown');
    });
    listeners.add(() => Promise.reject(new Error('rejected')));
    listeners.add((event) => told.push(event));
    listeners.tell(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toEqual([1]);
    expect(failures).toEqual([new Error('thrown'), new Error('rejected')]);
  });
});
