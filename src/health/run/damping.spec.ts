import fc from 'fast-check';
import type { HealthState } from '../status.js';
import { Damping } from './damping.js';

/** The states told of a series of runs. */
function told(states: readonly HealthState[], failureThreshold: number, successThreshold: number): string {
  const damping = new Damping(failureThreshold, successThreshold);
  return states.map((state) => damping.next(state, undefined).state).join(' ');
}

describe('Damping', () => {
  it.each<[string, HealthState[], number, number, string]>([
    ['tells every state at the default', ['UP', 'DOWN', 'UP', 'DEGRADED'], 1, 1, 'UP DOWN UP DEGRADED'],
    ['takes the first run as it is', ['DOWN', 'UP'], 3, 2, 'DOWN DOWN'],
    ['waits for failures in a row', ['UP', 'DOWN', 'DOWN', 'DOWN'], 3, 1, 'UP UP UP DOWN'],
    ['counts anew after a success', ['UP', 'DOWN', 'DOWN', 'UP', 'DOWN', 'DOWN'], 3, 1, 'UP UP UP UP UP UP'],
    ['waits for successes in a row', ['DOWN', 'UP', 'UP'], 1, 2, 'DOWN DOWN UP'],
    ['does not hold degraded back', ['UP', 'DEGRADED', 'UP'], 3, 3, 'UP DEGRADED UP'],
    ['tells the last of the runs that ended it', ['DOWN', 'UP', 'DEGRADED'], 1, 2, 'DOWN DOWN DEGRADED'],
  ])('%s', (_title, states, failureThreshold, successThreshold, expected) => {
    expect(told(states, failureThreshold, successThreshold)).toBe(expected);
  });

  it('says what is being waited out', () => {
    const damping = new Damping(3, 2);
    damping.next('UP', undefined);
    expect(damping.next('DOWN', 'refused')).toEqual({
      state: 'UP',
      reason: 'failed 1 of 3 times in a row: refused',
    });
    damping.next('DOWN', 'refused');
    expect(damping.next('DOWN', 'refused')).toEqual({ state: 'DOWN', reason: 'refused' });
    expect(damping.next('UP', undefined)).toEqual({
      state: 'DOWN',
      reason: 'succeeded 1 of 2 times in a row',
    });
  });

  it('changes only after a whole series of runs that agree', () => {
    const states = fc.array(fc.constantFrom<HealthState>('UP', 'DEGRADED', 'DOWN'), { maxLength: 60 });
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (runs, f, s) => {
        const damping = new Damping(f, s);
        let before: HealthState | undefined;
        runs.forEach((state, index) => {
          const now = damping.next(state, undefined).state;
          if (before !== undefined && (now === 'DOWN') !== (before === 'DOWN')) {
            const series = runs.slice(index + 1 - (now === 'DOWN' ? f : s), index + 1);
            expect(series.every((run) => (run === 'DOWN') === (now === 'DOWN'))).toBe(true);
            expect(series).toHaveLength(now === 'DOWN' ? f : s);
          }
          before = now;
        });
      }),
    );
  });
});
