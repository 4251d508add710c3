import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import { PlayedAgent, said } from '../../test/played-agent.js';
import { BAD, Judge, kindAt, NEVER_MS, nobody, page, type Turns, WELL } from '../../test/played-endpoints.js';
import type { Exchange, NoReply, Reply } from '../wire/exchange.js';

/** Time moves in steps that a control plane takes for no standstill, in milliseconds. */
const STEP_MS = 200;
/** What happens between an agent and its endpoints. */
interface World {
  readonly baseMs: number;
  /** How long the control plane takes to hear a request, and its provider to hear the answer, in milliseconds. */
  readonly delaysMs: readonly number[];
  /** What the other endpoints do, each its turns again and again. */
  readonly others: readonly Turns[];
  /** Where among them the control plane is. */
  readonly at: number;
  readonly phaseTakesMs: number;
}

async function live(
  { baseMs, delaysMs, others, at, phaseTakesMs }: World,
  intervals: number,
): Promise<Judge> {
  const clock = new ManualClock();
  const judge = new Judge(clock, baseMs);
  const endpoints = [...others.slice(0, at), undefined, ...others.slice(at)];
  let requests = 0;
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const within = async <T>(ms: number, timeoutMs: number, reply: T): Promise<T | NoReply> => {
    await wait(Math.min(ms, timeoutMs));
    return ms <= timeoutMs ? reply : nobody(`no answer within ${timeoutMs} ms`);
  };
  const transport = async (request: Exchange): Promise<Reply | NoReply> => {
    const { timeoutMs, url } = request;
    const other = endpoints[Number(url.hostname.slice(1))];
    const doing = BAD[other ? kindAt(other, clock.monotonicMs()) : WELL];
    if (doing) return within(doing.afterMs, timeoutMs, doing.reply);
    const thereMs = delaysMs[(2 * requests) % delaysMs.length] as number;
    const backMs = delaysMs[(2 * requests + 1) % delaysMs.length] as number;
    requests++;
    const heard = wait(thereMs).then(() => judge.answer(request));
    return within(thereMs + backMs, timeoutMs, heard);
  };
  const agent = new PlayedAgent(clock, transport, {
    controlPlane: endpoints.map((_, index) => `http://e${index}`),
    readiness: () => new Promise((resolve) => clock.after(phaseTakesMs, () => resolve('Ready'))),
  });
  await agent.live(intervals * baseMs, STEP_MS, () => judge.sweep());
  await agent.end();
  return judge;
}

const kind = fc.constantFrom(WELL, WELL, ...Object.keys(BAD));
const turns: fc.Arbitrary<Turns> = fc.array(fc.tuple(kind, fc.integer({ min: 100, max: 40_000 })), {
  minLength: 1,
  maxLength: 4,
});
/** The fault model allows for 2 s each way. */
const delays = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 7 });
const world: fc.Arbitrary<World> = fc.record({
  baseMs: fc.constantFrom(5_000, 10_000, 15_000, 30_000),
  delaysMs: delays,
  others: fc.array(turns, { minLength: 1, maxLength: 2 }),
  at: fc.nat(2),
  phaseTakesMs: fc.constantFrom(0, 0, 150, 900),
});

describe('Failover, whatever all endpoints but one do', () => {
  it('never costs a provider its lease', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (one) => {
        const judge = await live(one, 16);
        expect(judge.deaths).toEqual([]);
        expect(judge.beats).toBeGreaterThanOrEqual(12);
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.keys(BAD))(
    'keeps a provider alive beside two endpoints that become for ever: %s',
    async (what) => {
      for (const baseMs of [1_000, 2_000, 10_000]) {
        for (const at of [0, 1, 2]) {
          const becomes: Turns = [
            [WELL, 2.4 * baseMs],
            [what, NEVER_MS],
          ];
          const others = [becomes, becomes];
          const judge = await live({ baseMs, delaysMs: [100], others, at, phaseTakesMs: 0 }, 12);
          expect([baseMs, at, judge.deaths]).toEqual([baseMs, at, []]);
        }
      }
    },
  );

  it('is judged by a rule that finds a provider dead when no endpoint is its control plane any more', async () => {
    const judge = await outlive(Number.POSITIVE_INFINITY, page(200));
    expect(judge.deaths).toEqual([expect.stringMatching(/^Unavailable: no heartbeat for 36/)]);
  });
});

/** A single endpoint, that answers this for so long, beginning just after the third beat. */
async function outlive(lastsMs: number, reply: Reply, beginsMs = 20_500): Promise<Judge> {
  const clock = new ManualClock();
  const judge = new Judge(clock, 10_000);
  const agent = new PlayedAgent(clock, async (request) => {
    await new Promise<void>((resolve) => clock.after(20, resolve));
    const sinceMs = clock.monotonicMs() - beginsMs;
    return sinceMs >= 0 && sinceMs < lastsMs ? reply : judge.answer(request);
  });
  await agent.live(120_000, STEP_MS, () => judge.sweep());
  await agent.end();
  return judge;
}

describe('Retry-After of the only endpoint', () => {
  it('costs no lease that outlasts the time in which it was said', async () => {
    const seconds = fc.oneof(fc.nat(), fc.constantFrom(0, 3, 60, 600, 86_400));
    await fc.assert(
      fc.asyncProperty(seconds, fc.nat(10_000), fc.nat(15_000), async (asked, beginsMs, lastsMs) => {
        const reply = said(503, { code: 'overloaded' }, { 'retry-after': String(asked) });
        const judge = await outlive(lastsMs, reply, 20_000 + beginsMs);
        expect(judge.deaths).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
