import { until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { Everything } from '../support/everything-buffered.js';
import { Life } from '../support/life.js';

it.concurrent.each([
  ['SIGTERM', ['SIGTERM'], '0'],
  ['SIGINT', ['SIGINT'], '0'],
  ['a drain', ['SIGTERM'], '1s'],
  // the second one ends a drain that would outlast this test
  ['SIGTERM twice', ['SIGTERM', 'SIGTERM'], '5m'],
  ['SIGINT twice, as from a shell and npm', ['SIGINT', 'SIGINT'], '5m'],
] as const)('Everything that was ever buffered is found again after %s', (_what, signals, VITALS_DRAIN) =>
  Life.lived(async (life) => {
    await life.start({ VITALS_DRAIN });
    const told = await life.buffered();
    for (const signal of signals) {
      life.plane.signal(signal);
      // two signals of one kind that are pending at once are one
      if (signals.length > 1) await until(20_000, () => Promise.resolve(life.plane.output), drains);
    }
    expect(await life.plane.exit()).toBe(0);
    await life.expectEverythingIn(told);
  }),
);

it.concurrent('What is buffered may lack after kill -9 what docs/checks.md says, and nothing else', () =>
  Life.lived(async (life) => {
    await life.start();
    const told = await life.buffered();
    await life.plane.kill('SIGKILL');
    await life.start();
    const found = await new Everything(life.url, told.reservation).told();
    expect(found.transitions.slice(0, told.transitions.length)).toEqual(told.transitions);
    expect(found.reservation).toBe(told.reservation);
    const { body } = await life.ask('/checks');
    expect((body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(['falls', 'up']);
  }),
);

it.concurrent(
  'A signal while it starts ends the process with 0 as soon as it has started, without a word of trouble',
  () =>
    Life.lived(async (life) => {
      const { code, text } = await ControlPlaneProcess.signalledAtStart(
        { ...life.database, LOG_LEVEL: 'debug', PORT: '0' },
        'SIGTERM',
      );
      expect(code).toBe(0);
      expect(text).not.toMatch(/"level":"(error|warn)"|\n\s+at /);
    }),
);

function drains(text: string): boolean {
  return text.includes('readiness is DOWN');
}
