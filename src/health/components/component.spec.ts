import { type ComponentState, sortComponents } from './component.js';

describe('sortComponents', () => {
  it('orders by type, then name, and leaves its input alone', () => {
    const pinged = { message: undefined, durationMs: 1, checkedAtMs: 1, ageMs: 0, lastError: undefined };
    const rest = { status: 'OK', critical: true, ...pinged } as const;
    const states: ComponentState[] = [
      { type: 'state.redis', name: 'b', ...rest },
      { type: 'pubsub.kafka', name: 'z', ...rest },
      { type: 'state.redis', name: 'a', ...rest },
    ];
    expect(sortComponents(states).map(({ type, name }) => `${type}/${name}`)).toEqual([
      'pubsub.kafka/z',
      'state.redis/a',
      'state.redis/b',
    ]);
    expect(states[0]?.name).toBe('b');
  });
});
