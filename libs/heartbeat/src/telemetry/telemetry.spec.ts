import parsePrometheus from 'parse-prometheus-text-format';
import { FakeControlPlane, problem, until } from '../../test/fake-control-plane.js';
import { START_MS, WatchedAgent } from '../../test/watched-agent.js';
import { logAgent } from './agent.log.js';
import { prometheusText } from './agent-prometheus.js';

let controlPlane: FakeControlPlane;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
});

/** What an agent writes to its log, level first. */
function logOf(watched: WatchedAgent): string[] {
  const lines: string[] = [];
  const write = (level: string) => (line: string) => void lines.push(`${level}: ${line}`);
  logAgent(watched.agent, {
    log: write('log'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
  });
  return lines;
}

describe('Metrics of an agent', () => {
  it('count what was acknowledged and what failed, by what it was about', async () => {
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? problem(500) : undefined);
    const info = () => ({ capacity: { cpu: 1 } });
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    await watched.untilRetry();
    await watched.after('info');
    expect(watched.agent.metrics).toMatchObject({
      sent: 1,
      failed: 1,
      failures: { registration: 0, beat: 0, info: 1 },
      causes: { busy: 1, foreign: 0, 'no-answer': 0, refused: 0 },
      registrations: 1,
      infoSent: 1,
      lastBeatAtMs: START_MS,
      intervalMs: 1_000,
      phase: 'Ready',
      generation: 1,
    });
  });

  it('are of the agent, not of one start of it', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    await watched.agent.stop();
    expect(watched.agent.metrics).toMatchObject({ sent: 1, generation: undefined });
    watched.agent.start();
    await watched.after('beat', 2);
    expect(watched.agent.metrics).toMatchObject({ sent: 2, registrations: 2, generation: 2 });
  });

  it('are readable by Prometheus', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    const text = prometheusText('vm-"1"\\\n', watched.agent.metrics);
    const families = parsePrometheus(text);
    expect(families.map(({ name }) => name)).toEqual([
      'vitals_agent_beats_total',
      'vitals_agent_failures_total',
      'vitals_agent_failure_causes_total',
      'vitals_agent_registrations_total',
      'vitals_agent_info_updates_total',
      'vitals_agent_beat_latency_seconds',
      'vitals_agent_interval_seconds',
      'vitals_agent_registered',
      'vitals_agent_last_beat_time_seconds',
    ]);
    expect(text).toContain('vitals_agent_beats_total{provider="vm-\\"1\\"\\\\\\n"} 1\n');
    expect(text).toMatch(/^vitals_agent_failure_causes_total\{[^}]*cause="foreign"\} 0$/m);
    expect(text).toMatch(/_bucket\{[^}]*le="\+Inf"\} 1\n/);
  });
});

describe('Log of an agent', () => {
  it('has one line when heartbeats begin to fail and one when they are back', async () => {
    const watched = new WatchedAgent(controlPlane);
    const lines = logOf(watched);
    await watched.started();
    controlPlane.answer = () => problem(503);
    await watched.clock.advance(1_000);
    await watched.after('failed');
    await watched.untilRetry();
    await watched.after('failed', 2);
    controlPlane.answer = () => undefined;
    await watched.untilRetry();
    await watched.after('beat', 2);
    expect(lines.filter((line) => !line.startsWith('debug'))).toEqual([
      'log: registered as vm-1, generation 1',
      expect.stringMatching(/^warn: heartbeats fail at http:\S+: 503 store-unavailable; next try in \d+ ms$/),
      `log: heartbeats are acknowledged again by ${controlPlane.url}, after 2 failed tries`,
    ]);
    expect(lines.at(-1)).toMatch(/^debug: Ready, acknowledged in \d ms, next in 1000 ms$/);
  });

  it('has one line for each thing that goes wrong at an endpoint, however long that lasts, and for each change', async () => {
    const watched = new WatchedAgent(controlPlane);
    const lines = logOf(watched);
    await watched.started();
    const portal = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' };
    const answers = [portal, portal, problem(503), problem(503), portal];
    controlPlane.answer = () => answers.shift();
    await watched.clock.advance(1_000);
    for (let failure = 1; failure <= 5; failure++) {
      await watched.after('failed', failure);
      await watched.untilRetry();
    }
    await watched.after('beat', 2);
    const fails = `warn: heartbeats fail at ${controlPlane.url}: `;
    const isForeign = "the answer is not the control plane's: 200 with content-type text/html; ";
    expect(lines.filter((line) => line.startsWith('warn')).map((line) => line.split('next try')[0])).toEqual([
      fails + isForeign,
      `${fails}503 store-unavailable; `,
      fails + isForeign,
    ]);
    expect(watched.of('failed').map(({ cause, isNews }) => [cause, isNews])).toEqual([
      ['foreign', true],
      ['foreign', false],
      ['busy', true],
      ['busy', false],
      ['foreign', true],
    ]);
    expect(watched.agent.metrics).toMatchObject({ causes: { foreign: 3, busy: 2 }, failures: { beat: 5 } });
  });

  it('does not take heartbeats that are well for the end of what is wrong with info', async () => {
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? problem(422) : undefined);
    const watched = new WatchedAgent(controlPlane, { info: () => ({ capacity: { cpu: 1 } }) });
    const lines = logOf(watched);
    await watched.started();
    for (let beat = 2; beat <= 4; beat++) {
      await watched.after('failed', beat - 1);
      await watched.clock.advance(1_000);
      await watched.after('beat', beat);
    }
    controlPlane.answer = () => undefined;
    await watched.clock.advance(1_000);
    await watched.after('info');
    expect(lines.filter((line) => !line.startsWith('debug')).slice(1)).toEqual([
      expect.stringMatching(/^warn: info updates fail at http:\S+: 422 request-invalid; next try in \d+ ms$/),
      expect.stringMatching(/^log: info updates are acknowledged again by http:\S+, after \d+ failed tries$/),
    ]);
  });

  it('is loud when the control plane refuses', async () => {
    const watched = new WatchedAgent(controlPlane);
    const lines = logOf(watched);
    controlPlane.answer = () => problem(409, undefined, 'taken');
    watched.agent.start();
    await watched.after('refused');
    expect(lines).toEqual([
      expect.stringMatching(
        /^error: .*heartbeats have stopped: http:\S+: 409 taken; run one process for each name$/,
      ),
    ]);
  });
});

describe('Listeners to an agent', () => {
  it('that throw disturb neither the agent nor each other, and become warnings of the process', async () => {
    const warnings: string[] = [];
    const emitWarning = Object.getOwnPropertyDescriptor(process, 'emitWarning') as PropertyDescriptor;
    process.emitWarning = (text: string | Error) => void warnings.push(String(text));
    const watched = new WatchedAgent(controlPlane);
    watched.agent
      .on('registered', () => {
        throw new Error('thrown');
      })
      .on('registered', () => Promise.reject(new Error('rejected')));
    await watched.started();
    await until(() => warnings.length === 2);
    Object.defineProperty(process, 'emitWarning', emitWarning);
    expect(warnings.map((text) => text.split(': ')[1]).sort()).toEqual(['rejected', 'thrown']);
  });

  it('hear nothing any more once they are taken off', async () => {
    const watched = new WatchedAgent(controlPlane);
    let heard = 0;
    const listener = (): void => void heard++;
    watched.agent.on('beat', listener).off('beat', listener);
    await watched.started();
    expect(heard).toBe(0);
  });
});
