import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import { PlayedAgent, said } from '../../test/played-agent.js';
import type { Exchange, NoReply, Reply } from '../wire/exchange.js';

const START_MS = Date.UTC(2026, 0, 1);
const TIMEOUT_MS = 2_000;
const STEP_MS = 25;
const LASTS_MS = 60_000;
/** Time moves in steps, and a beat whose phase takes long is sent a little later. */
const SLACK_MS = 2 * STEP_MS + 250;

/** What a control plane does with one request. */
interface Turn {
  readonly status: number;
  readonly latencyMs: number;
  readonly intervalSeconds: number;
}

interface Sent extends Turn {
  readonly sentMs: number;
  readonly stampMs: number;
  readonly kind: 'registration' | 'beat';
}

/** Plays a control plane that does these things in turn, again and again. */
class PlayedControlPlane {
  readonly sent: Sent[] = [];
  mostOpen = 0;
  private open = 0;

  constructor(
    private readonly turns: readonly Turn[],
    private readonly clock: ManualClock,
  ) {}

  async play({ method, body = '' }: Exchange): Promise<Reply | NoReply> {
    const turn = this.turns[this.sent.length % this.turns.length] as Turn;
    const kind = method === 'POST' ? 'registration' : 'beat';
    const { timestamp } = JSON.parse(body) as { timestamp?: string };
    const stampMs = timestamp === undefined ? this.clock.wallMs() : Date.parse(timestamp);
    this.sent.push({ ...turn, kind, stampMs, sentMs: this.clock.monotonicMs() });
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    await new Promise<void>((resolve) => this.clock.after(turn.latencyMs, resolve));
    this.open--;
    const { status } = turn;
    if (status === 0) return { status, reason: 'played', wasStale: false };
    if (status === 404) return said(status, { code: 'provider-not-registered' });
    if (status !== 200) return said(status, { code: 'overloaded' });
    return said(status, {
      name: 'vm-1',
      id: 'id-1',
      generation: 1,
      next_interval_seconds: turn.intervalSeconds,
    });
  }
}

async function run(turns: readonly Turn[], phaseTakesMs: number): Promise<PlayedControlPlane> {
  const clock = new ManualClock(START_MS);
  const played = new PlayedControlPlane(turns, clock);
  const agent = new PlayedAgent(clock, (request) => played.play(request), {
    phase: () => new Promise((resolve) => clock.after(phaseTakesMs, () => resolve('Ready'))),
  });
  await agent.live(LASTS_MS, STEP_MS);
  await agent.end();
  return played;
}

const turn = fc.record({
  status: fc.constantFrom(200, 200, 200, 0, 404, 429, 503),
  latencyMs: fc.integer({ min: 0, max: TIMEOUT_MS }),
  intervalSeconds: fc.integer({ min: 1, max: 10 }),
});

describe('BeatLoop, whatever the control plane does', () => {
  it('has one request open at a time, stamps each when it is sent, and keeps to its interval', async () => {
    const turns = fc.array(turn, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(turns, fc.constantFrom(0, 40, 200, 1_500), async (doings, phaseTakesMs) => {
        const { sent, mostOpen } = await run(doings, phaseTakesMs);
        expect(mostOpen).toBe(1);
        let intervalMs = 10_000;
        sent.forEach((one, at) => {
          expect(Math.abs(one.stampMs - START_MS - one.sentMs)).toBeLessThan(1);
          const next = sent[at + 1];
          const isAcknowledged = one.status === 200 && one.kind === 'beat';
          if (isAcknowledged) intervalMs = one.intervalSeconds * 1_000;
          if (!next || (one.kind === 'registration' && at === 0)) return;
          const answeredMs = one.sentMs + one.latencyMs;
          const dueMs = isAcknowledged
            ? Math.max(one.sentMs + intervalMs, answeredMs)
            : answeredMs + intervalMs;
          expect(next.sentMs).toBeLessThanOrEqual(dueMs + SLACK_MS);
          if (isAcknowledged) expect(next.sentMs).toBeGreaterThanOrEqual(dueMs - SLACK_MS);
        });
      }),
      { numRuns: 40 },
    );
  });
});
