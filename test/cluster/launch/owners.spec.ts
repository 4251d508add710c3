import { describeOwners } from './owners.js';

describe('What is told of owners', () => {
  const nameOf = (pid: number): string => `instance ${pid}`;

  it('is which partitions each instance took last', () => {
    const owners = [
      { partition: 0, pid: 2 },
      { partition: 1, pid: 1 },
      { partition: 2, pid: 2 },
    ];
    expect(describeOwners(owners, nameOf)).toBe('instance 1: 1; instance 2: 0, 2');
  });

  it('is that there are none before the first was taken', () => {
    expect(describeOwners([], nameOf)).toBe('no owners yet');
  });
});
