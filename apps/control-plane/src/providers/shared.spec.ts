import { shared } from './provider.js';

describe('shared', () => {
  it('gives one copy of what is equal', () => {
    expect(shared({ zone: 'a' })).toBe(shared({ zone: 'a' }));
    expect(shared(['gpu'])).toBe(shared(['gpu']));
    expect(shared('vm')).toBe('vm');
  });

  it('keeps apart what differs, also a text from the value that it is the JSON of', () => {
    expect(shared({ cpu: 1 })).not.toBe(shared({ cpu: 2 }));
    expect(shared('["x"]')).toBe('["x"]');
    expect(shared(['x'])).toEqual(['x']);
  });

  it('does not hold what many cannot have in common', () => {
    const long = ['x'.repeat(600)];
    expect(shared(long)).toBe(long);
    expect(shared([...long])).not.toBe(long);
  });
});
