import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { make } from '../../../test/ready-made-check.js';
import { memoryCheck } from './memory-check.js';

describe('memoryCheck', () => {
  it('tells what is used and what may be', async () => {
    const { state, attributes } = await make(memoryCheck()).run();
    const { heap_size_limit: heapLimitBytes } = getHeapStatistics();
    expect(state).toBe('UP');
    expect(attributes).toMatchObject({ heapLimitBytes });
    expect(attributes['heapUsedBytes']).toBeGreaterThan(0);
    expect(attributes['rssBytes']).toBeGreaterThan(0);
    expect(attributes['rssLimitBytes']).toBeGreaterThan(0);
    expect(attributes['rssLimitBytes']).toBeLessThanOrEqual(totalmem());
  });

  it.each([
    ['UP below every threshold', { maxHeap: '100%', warnHeap: '100%', maxRss: '100%' }, 'UP', undefined],
    ['DOWN above the heap allowed', { maxHeap: 1 }, 'DOWN', 'more than 1 bytes of the heap is in use'],
    [
      'DOWN above what may be resident',
      { maxRss: '1kB' },
      'DOWN',
      'more than 1kB of resident memory is in use',
    ],
    [
      'DEGRADED above the heap to warn at',
      { warnHeap: '0%' },
      'DEGRADED',
      'more than 0% of the heap is in use',
    ],
    [
      'DEGRADED above what to warn at',
      { warnRss: '1kB' },
      'DEGRADED',
      'more than 1kB of resident memory is in use',
    ],
    [
      'DOWN rather than DEGRADED',
      { warnHeap: 0, maxRss: 0 },
      'DOWN',
      'more than 0 bytes of resident memory is in use',
    ],
  ])('is %s', async (_what, settings, state, reason) => {
    expect(await make(memoryCheck(settings)).run()).toMatchObject({ state, reason });
  });
});

describe('the limit of resident memory', () => {
  const constrainedMemory = process.constrainedMemory.bind(process);
  afterEach(() => void (process.constrainedMemory = constrainedMemory));

  it.each([
    ['what the control group allows', 1_000_000, 1_000_000],
    ['what the machine has, where no limit is a number that no machine has', 2 ** 64, totalmem()],
    ['what the machine has, where nothing is known', 0, totalmem()],
  ])('is %s', async (_what, constrained, limit) => {
    process.constrainedMemory = () => constrained;
    expect((await make(memoryCheck({ maxRss: '90%' })).run()).attributes).toMatchObject({
      rssLimitBytes: limit,
    });
  });
});

describe('settings of memoryCheck', () => {
  it.each([
    [
      'a share over all',
      { maxHeap: '120%' },
      'memoryCheck: maxHeap is "120%"; give a share of at most "100%"',
    ],
    [
      'a share without its sign',
      { maxRss: 0.9 },
      'maxRss is 0.9; give bytes, or a share with its sign: "90%"',
    ],
    [
      'a late warning of the heap',
      { maxHeap: '80%', warnHeap: '90%' },
      'warnHeap is "90%"; give less than maxHeap',
    ],
    [
      'a late warning',
      { maxRss: '1GB', warnRss: '2GB' },
      'warnRss is "2GB"; give less than maxRss, which is 1GB',
    ],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => memoryCheck(settings)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
