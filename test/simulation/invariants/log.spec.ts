import type { RecordedTransition } from '@vitals/core/transition';
import { faultsOfLog } from './log.js';

function entry(sequence: number, subject: string, from: string, to: string): RecordedTransition {
  return { kind: 'provider', subject, from, to, sequence, cause: '', atMs: 0 } as RecordedTransition;
}

describe('faultsOfLog', () => {
  it('finds nothing in a history that follows', () => {
    const log = [
      entry(1, 'p0', 'Unknown', 'Available'),
      entry(2, 'p1', 'Unknown', 'Unavailable'),
      entry(3, 'p0', 'Available', 'Unavailable'),
      entry(4, 'p0', 'Unavailable', 'Removed'),
    ];
    expect(faultsOfLog(log)).toEqual([]);
  });

  it('finds a gap, a transition that happens twice, and one from a state that it was not in', () => {
    expect(faultsOfLog([entry(2, 'p0', 'Unknown', 'Available')])).toMatchObject([{ subject: 0 }]);
    const twice = [entry(1, 'p3', 'Unknown', 'Available'), entry(2, 'p3', 'Unknown', 'Available')];
    expect(faultsOfLog(twice)).toMatchObject([{ subject: 3 }]);
    expect(faultsOfLog([entry(1, 'p0', 'Unavailable', 'Available')])).toHaveLength(1);
  });
});
