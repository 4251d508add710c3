import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { make } from '../../../test/ready-made-check.js';
import { diskCheck } from './disk-check.js';

describe('diskCheck', () => {
  it('tells what is free on the file system of a path', async () => {
    const { state, attributes } = await make(diskCheck({ path: tmpdir(), minFree: 0 })).run();
    const { bsize, blocks } = await statfs(tmpdir());
    expect(state).toBe('UP');
    expect(attributes).toMatchObject({ path: tmpdir(), totalBytes: blocks * bsize });
    expect(attributes['freeBytes']).toBeGreaterThan(0);
    expect(attributes['usedRatio']).toBeGreaterThan(0);
    expect(attributes['usedRatio']).toBeLessThan(1);
  });

  it('looks at the working directory unless told otherwise', async () => {
    expect((await make(diskCheck()).run()).attributes).toMatchObject({ path: process.cwd() });
  });

  it.each([
    ['UP with as much free as wanted', { minFree: '0%', warnFree: '0%' }, 'UP', undefined],
    [
      'DEGRADED with less free than to warn at',
      { minFree: 0, warnFree: '100%' },
      'DEGRADED',
      'less than 100% is free',
    ],
    ['DOWN with less free than must be', { minFree: '7PB' }, 'DOWN', 'less than 7PB is free'],
    ['DOWN by bytes', { minFree: 2 ** 52 }, 'DOWN', `less than ${2 ** 52} bytes is free`],
  ])('is %s', async (_what, settings, state, reason) => {
    expect(await make(diskCheck(settings)).run()).toMatchObject({ state, reason });
  });

  it('is DOWN when there is no such path', async () => {
    expect(await make(diskCheck({ path: '/no/such/path' })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining('ENOENT') as string,
      attributes: { path: '/no/such/path' },
    });
  });

  it('is given up when the signal fires', async () => {
    const late = AbortSignal.abort(new Error('late'));
    expect(await make(diskCheck()).run(late)).toMatchObject({ state: 'DOWN', reason: 'late' });
  });
});

describe('settings of diskCheck', () => {
  it.each([
    ['a path that is none', { path: '' }, 'diskCheck: path is ""; give a path'],
    ['a share over all', { minFree: '120%' }, 'minFree is "120%"; give a share of at most "100%"'],
    ['an unknown unit', { warnFree: '5 bananas' }, 'warnFree is "5 bananas"; give bytes'],
    [
      'a warning that would come too late',
      { minFree: '10%', warnFree: '5%' },
      'warnFree is "5%"; give more than minFree, which is 10%',
    ],
    ['a warning below the default', { warnFree: '50MB' }, 'give more than minFree, which is 100MB'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => diskCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
