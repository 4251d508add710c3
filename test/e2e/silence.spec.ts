import { TestControlPlane, until } from '../support/control-plane.js';

interface TransitionRow {
  readonly sequence: number;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

describe('A provider that goes silent', () => {
  it('is Suspect, then Unavailable within 6.1 s at an interval of 1 s, with one transition and no more', async () => {
    const plane = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' });
    try {
      await plane.register('p1');
      await plane.register('alive');
      const keepAlive = setInterval(() => void plane.beat('alive'), 500);
      await plane.beat('p1');
      const silentSinceMs = performance.now();
      const availability = async (): Promise<string> =>
        String((await plane.send('GET', '/providers/p1/status')).body['availability']);
      await until(5_500, availability, (now) => now === 'Suspect');
      await until(3_000, availability, (now) => now === 'Unavailable');
      const log = async (): Promise<TransitionRow[]> =>
        (await plane.send('GET', '/transitions')).body['transitions'] as TransitionRow[];
      await until(1_000, log, (rows) => rows.some(({ to }) => to === 'Unavailable'));
      // the bound of the specification, and what this busy machine may add to it
      expect(performance.now() - silentSinceMs).toBeLessThan(6_100 + 1_500);
      const { body: placed } = await plane.send('GET', '/placement/candidates?explain=true');
      expect(placed).toMatchObject({
        candidates: [{ name: 'alive' }],
        excluded: { unavailable: 1 },
        considered: 2,
      });
      await new Promise((resume) => setTimeout(resume, 500));
      expect((await log()).filter(({ subject }) => subject === 'p1')).toMatchObject([
        { from: 'Unknown', to: 'Available' },
        { from: 'Available', to: 'Unavailable' },
      ]);
      clearInterval(keepAlive);
      await plane.beat('p1');
      expect(await availability()).toBe('Available');
      const rows = await log();
      expect(rows.at(-1)).toMatchObject({ subject: 'p1', from: 'Unavailable', to: 'Available' });
      expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
      expect(
        (await plane.send('GET', `/provider-status?changed_since=${rows.length - 1}`)).body,
      ).toMatchObject({ providers: [{ name: 'p1' }] });
    } finally {
      await plane.stop();
    }
  });
});
