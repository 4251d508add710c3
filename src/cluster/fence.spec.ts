import fc from 'fast-check';
import { PartitionEpochs } from './fence.js';

describe('The epochs of partitions', () => {
  it('begin at 1, and are raised by one with each owner', () => {
    const epochs = new PartitionEpochs();
    expect([epochs.epochOf(3), epochs.ownerOf(3)]).toEqual([0, undefined]);
    const first = epochs.raise(3, 'a');
    expect(first).toEqual({ partition: 3, epoch: 1, instance: 'a' });
    expect(epochs.epochOf(3)).toBe(0);
    expect(epochs.apply(first)).toBe(true);
    expect(epochs.raise(3, 'b')).toEqual({ partition: 3, epoch: 2, instance: 'b' });
    expect([epochs.epochOf(3), epochs.ownerOf(3), epochs.epochOf(4)]).toEqual([1, 'a', 0]);
  });

  it('are no news when they are applied again, or late', () => {
    const epochs = new PartitionEpochs();
    expect(epochs.apply({ partition: 0, epoch: 2, instance: 'b' })).toBe(true);
    expect(epochs.apply({ partition: 0, epoch: 2, instance: 'b' })).toBe(false);
    expect(epochs.apply({ partition: 0, epoch: 1, instance: 'a' })).toBe(false);
    expect(epochs.ownerOf(0)).toBe('b');
  });

  it('let the store take decisions of the newest only, and executors also those of one they have not heard of yet', () => {
    const epochs = new PartitionEpochs();
    epochs.apply({ partition: 0, epoch: 2, instance: 'b' });
    const decisions = [1, 2, 3].map((epoch) => ({ partition: 0, epoch }));
    expect(decisions.map((stamp) => epochs.mayCommit(stamp))).toEqual([false, true, false]);
    expect(decisions.map((stamp) => epochs.mayExecute(stamp))).toEqual([false, true, true]);
  });

  it('never let anything of an epoch through once a newer one is known, whatever was applied in whatever order', () => {
    const taken = fc.record({
      partition: fc.nat(2),
      epoch: fc.integer({ min: 1, max: 9 }),
      instance: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(taken), taken, (applied, stamp) => {
        const epochs = new PartitionEpochs();
        for (const one of applied) epochs.apply(one);
        const newer = applied.some(
          ({ partition, epoch }) => partition === stamp.partition && epoch > stamp.epoch,
        );
        if (newer) expect([epochs.mayCommit(stamp), epochs.mayExecute(stamp)]).toEqual([false, false]);
        if (epochs.mayCommit(stamp)) expect(epochs.mayExecute(stamp)).toBe(true);
      }),
    );
  });
});
