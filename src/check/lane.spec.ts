import fc from 'fast-check';
import { Fifo, Lane } from './lane.js';

function setUp(overall: number, perHost: number, waiting = 1_000) {
  const lane = new Lane({ overall, perHost, waiting });
  const started: string[] = [];
  const enter = (...jobs: string[]): boolean[] =>
    jobs.map((job) => lane.enter(job[0] as string, () => started.push(job)));
  return { lane, started, enter };
}

describe('Lane', () => {
  it('starts at once while there is room, then in the order of arrival', () => {
    const { lane, started, enter } = setUp(2, 2);
    enter('a1', 'b1', 'c1', 'd1');
    expect(started).toEqual(['a1', 'b1']);
    expect([lane.running, lane.waiting]).toEqual([2, 2]);
    lane.leave('a');
    lane.leave('b');
    expect(started).toEqual(['a1', 'b1', 'c1', 'd1']);
    expect([lane.running, lane.waiting]).toEqual([2, 0]);
  });

  it('passes over those whose host is busy, and lets them go first when it no longer is', () => {
    const { lane, started, enter } = setUp(3, 1);
    enter('a1', 'a2', 'a3', 'b1', 'c1', 'd1', 'e1');
    expect(started).toEqual(['a1', 'b1', 'c1']);
    lane.leave('a');
    expect(started.at(-1)).toBe('a2');
    lane.leave('b');
    expect(started.at(-1)).toBe('d1');
    lane.leave('a');
    expect(started.at(-1)).toBe('a3');
    lane.leave('a');
    expect(started.at(-1)).toBe('e1');
  });

  it('takes no more than may wait, but always what can start', () => {
    const { started, enter } = setUp(2, 1, 1);
    expect(enter('a1', 'a2', 'a3', 'b1', 'c1')).toEqual([true, true, false, true, false]);
    expect(started).toEqual(['a1', 'b1']);
  });

  it('forgets a host that has nothing to do', () => {
    const { lane, enter } = setUp(1, 1);
    enter('a1', 'a2');
    lane.leave('a');
    lane.leave('a');
    expect((lane as unknown as { hosts: Map<string, unknown> }).hosts.size).toBe(0);
  });

  it('keeps its limits, starts everything once and leaves no room unused, whatever comes and goes', () => {
    const steps = fc.array(fc.record({ host: fc.constantFrom('a', 'b', 'c'), isLeave: fc.boolean() }), {
      maxLength: 200,
    });
    const law = fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      steps,
      (overall, perHost, taken) => {
        const lane = new Lane({ overall, perHost, waiting: 1_000 });
        const running: string[] = [];
        const outside: Record<string, number> = { a: 0, b: 0, c: 0 };
        const of = (host: string): number => running.filter((each) => each === host).length;
        let entered = 0;
        let startedCount = 0;
        for (const { host, isLeave } of taken) {
          if (isLeave) {
            const left = running.shift();
            if (left) lane.leave(left);
          } else {
            entered++;
            outside[host] = (outside[host] ?? 0) + 1;
            lane.enter(host, () => {
              startedCount++;
              outside[host] = (outside[host] ?? 0) - 1;
              running.push(host);
            });
          }
          expect(lane.running).toBe(running.length);
          expect(running.length).toBeLessThanOrEqual(overall);
          for (const each of ['a', 'b', 'c']) expect(of(each)).toBeLessThanOrEqual(perHost);
          expect(lane.waiting).toBe(entered - startedCount);
          const couldStart = ['a', 'b', 'c'].some((each) => (outside[each] ?? 0) > 0 && of(each) < perHost);
          expect(couldStart && running.length < overall).toBe(false);
        }
      },
    );
    fc.assert(law);
  });
});

describe('Fifo', () => {
  it('gives back in order what was put in, however the two alternate', () => {
    const law = fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (steps) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const isPush of steps) {
        if (isPush) {
          fifo.push(next);
          model.push(next++);
        } else expect(fifo.shift()).toBe(model.shift());
        expect(fifo.size).toBe(model.length);
      }
    });
    fc.assert(law);
  });
});
