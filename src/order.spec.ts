import { compareText } from './order.js';

describe('compareText', () => {
  it('orders by code unit, whatever the language of the machine', () => {
    expect(['b', 'ä', 'a', 'B', '', 'a1', 'a'].sort(compareText)).toEqual([
      '',
      'B',
      'a',
      'a',
      'a1',
      'b',
      'ä',
    ]);
  });
});
