import { getEventListeners } from 'node:events';
import { abortable } from './abortable.js';

/** Counts how often something was let go of. */
function counter() {
  const count = { released: 0, release: () => void count.released++ };
  return count;
}

type Open = Parameters<typeof abortable<number>>[1];

describe('an abortable operation', () => {
  it.each<[string, (...given: Parameters<Open>) => void]>([
    ['resolves', (resolve) => queueMicrotask(() => resolve(1))],
    ['rejects', (_resolve, reject) => queueMicrotask(() => reject(new Error('no')))],
    ['resolves before it is open', (resolve) => resolve(1)],
    [
      'settles twice',
      (resolve, reject) => {
        resolve(1);
        reject(new Error('no'));
      },
    ],
  ])('that %s lets go once and leaves no listener', async (_what, settle) => {
    const controller = new AbortController();
    const count = counter();
    await abortable<number>(controller.signal, (resolve, reject) => {
      settle(resolve, reject);
      return count.release;
    }).catch(() => undefined);
    expect(count.released).toBe(1);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(count.released).toBe(1);
  });

  it('lets go once and rejects with the reason when the signal fires, whatever comes later', async () => {
    const controller = new AbortController();
    const count = counter();
    let settle: (value: number) => void = () => undefined;
    const running = abortable<number>(controller.signal, (resolve) => {
      settle = resolve;
      return count.release;
    });
    controller.abort(new Error('late'));
    settle(1);
    await expect(running).rejects.toThrow('late');
    expect(count.released).toBe(1);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('is not begun when the signal has fired already', async () => {
    const count = counter();
    const running = abortable(AbortSignal.abort(new Error('late')), () => {
      count.release();
      return count.release;
    });
    await expect(running).rejects.toThrow('late');
    expect(count.released).toBe(0);
  });

  it('rejects with what opening it threw, and leaves no listener', async () => {
    const { signal } = new AbortController();
    const opening = abortable(signal, () => {
      throw new Error('cannot open');
    });
    await expect(opening).rejects.toThrow('cannot open');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
