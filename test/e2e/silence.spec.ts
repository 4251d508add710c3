import { LeaseSweeper } from '../../apps/control-plane/src/leases/lease.sweeper.js';
import { SteppedClock, TestControlPlane, until } from '../support/control-plane.js';

interface TransitionRow {
  readonly sequence: number;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

/** How often a control plane sweeps, in milliseconds; what it does not see pass for longer, it does not count. */
const SWEEP_EVERY_MS = 50;

let clock: SteppedClock;
let plane: TestControlPlane;

beforeEach(async () => {
  clock = new SteppedClock();
  plane = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' }, clock);
});
afterEach(() => plane.stop());

/** Lets so much time pass; the provider that is alive beats twice a second. */
async function pass(ms: number): Promise<void> {
  const sweeper = plane.app.get(LeaseSweeper);
  for (let passedMs = 0; passedMs < ms; passedMs += SWEEP_EVERY_MS) {
    if (passedMs % 500 === 0) await plane.beat('alive');
    await clock.advance(SWEEP_EVERY_MS);
    await sweeper.sweep();
  }
}

async function availability(): Promise<string> {
  return String((await plane.send('GET', '/providers/p1/status')).body['availability']);
}

async function log(): Promise<TransitionRow[]> {
  return (await plane.send('GET', '/transitions')).body['transitions'] as TransitionRow[];
}

describe('A provider that goes silent', () => {
  it('is Suspect, then Unavailable within 6.1 s at an interval of 1 s, with one transition and no more', async () => {
    await plane.register('p1');
    await plane.register('alive');
    await plane.beat('p1');
    await pass(5_500);
    expect(await availability()).toBe('Suspect');
    await pass(600);
    expect(await availability()).toBe('Unavailable');
    await until(30_000, log, (rows) => rows.some(({ to }) => to === 'Unavailable'));
    const { body: placed } = await plane.send('GET', '/placement/candidates?explain=true');
    expect(placed).toMatchObject({
      candidates: [{ name: 'alive' }],
      excluded: { unavailable: 1 },
      considered: 2,
    });
    await pass(3_000);
    expect((await log()).filter(({ subject }) => subject === 'p1')).toMatchObject([
      { from: 'Unknown', to: 'Available' },
      { from: 'Available', to: 'Unavailable' },
    ]);
    await plane.beat('p1');
    expect(await availability()).toBe('Available');
    await until(30_000, log, (rows) => rows.at(-1)?.to === 'Available');
    const rows = await log();
    expect(rows.at(-1)).toMatchObject({ subject: 'p1', from: 'Unavailable', to: 'Available' });
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
    expect((await plane.send('GET', `/provider-status?changed_since=${rows.length - 1}`)).body).toMatchObject(
      { providers: [{ name: 'p1' }] },
    );
  });
});
