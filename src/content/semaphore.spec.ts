import { Semaphore } from './semaphore.js';

describe('Semaphore', () => {
  it('lets so many jobs run at a time, in the order in which they came, whether they fail or not', async () => {
    const semaphore = new Semaphore(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const job = (at: number) => () =>
      new Promise<number>((resolve, reject) => {
        begun.push(at);
        ends.push(at % 2 ? () => resolve(at) : () => reject(new Error(`${at}`)));
      });
    const all = Promise.allSettled([0, 1, 2, 3, 4].map((at) => semaphore.run(job(at))));
    for (const expected of [
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ]) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      expect(begun).toEqual(expected);
      ends.shift()?.();
    }
    for (const end of ends) end();
    expect((await all).map(({ status }) => status[0]).join('')).toBe('rfrfr');
  });

  it('lets a job run at once when all others have ended', async () => {
    const semaphore = new Semaphore(1);
    for (const at of [1, 2, 3]) expect(await semaphore.run(() => Promise.resolve(at))).toBe(at);
  });
});
