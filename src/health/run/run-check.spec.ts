import { ManualClock } from '../../time/manual-clock.js';
import { type Check, CHECK_DEFAULTS, type CheckContext, type CheckResult } from '../health-check.js';
import { notRun, runCheck } from './run-check.js';
import { HealthStatus } from '../status.js';

function check(run: Check['run'], more: Partial<Check> = {}): Check {
  return { ...CHECK_DEFAULTS, id: 'Disk#check', name: 'disk', ...more, run };
}

/** Runs a check for `ms` and says what it gave by then. */
async function outcomeAfter(ms: number, run: Check['run'], more?: Partial<Check>) {
  const clock = new ManualClock();
  const given: { result?: CheckResult; finished: boolean } = { finished: false };
  const { result, finished } = runCheck(check(run, more), clock);
  void Promise.resolve(result).then((value) => (given.result = value));
  void Promise.resolve(finished).then(() => (given.finished = true));
  await clock.advance(ms);
  return given;
}

const trap = (): never => {
  throw new Error('trap');
};

describe('what leaves a run', () => {
  it('has no secret in its name, and in no fact', async () => {
    const status = HealthStatus.named('postgres://u:S@h/db')
      .up()
      .withAttribute('password', 'S')
      .withAttribute('cfg', { password: ['S'], db: { token: { value: 'S' } } });
    const { result } = await outcomeAfter(0, () => status);
    expect(result).toMatchObject({
      name: 'postgres://***@h/db',
      attributes: { password: '***', cfg: '{"password":***,"db":{"token":***}}' },
    });
  });

  it.each([
    ['session:redis', 'session:redis'],
    ['auth: login', 'auth: login'],
    ['token service', 'token service'],
    ['api key: signatures', 'api key: signatures'],
    ['redis://u:S@h', 'redis://***@h'],
    ['Bearer abcdef123456', 'Bearer ***'],
    ['of eyJhbGciOi.eyJzdWIiOi.S', 'of ***'],
  ])('is reported as %j by the name %j', async (reported, name) => {
    const status = HealthStatus.named(reported).up();
    expect((await outcomeAfter(0, () => status)).result).toMatchObject({ name });
    const indicator = { [reported]: { status: 'up' } };
    expect((await outcomeAfter(0, () => indicator, { name: undefined })).result).toMatchObject({ name });
  });

  it.each([{ name: 'redis://u:p@h' }, { name: undefined, id: 'redis://u:p@h' }])(
    'has the name that it is declared with, also where it reports it (%j)',
    async (declared) => {
      const status = HealthStatus.named('redis://u:p@h').up();
      const { result } = await outcomeAfter(0, () => status, declared);
      expect(result).toMatchObject({ name: 'redis://u:p@h' });
    },
  );

  it('is DOWN if a status was tampered with', async () => {
    const tampered = Object.assign(HealthStatus.up(), { state: 'down' });
    expect((await outcomeAfter(0, () => tampered)).result).toMatchObject({ state: 'DOWN' });
  });
});

describe('runCheck', () => {
  it('says what ran, when and for how long', async () => {
    const clock = new ManualClock(1_000_000);
    const one = check(() => new Promise((resolve) => clock.after(100, () => resolve(true))), {
      kinds: ['readiness'],
    });
    const { result } = runCheck(one, clock);
    await clock.advance(100);
    expect(await result).toEqual({
      id: 'Disk#check',
      name: 'disk',
      state: 'UP',
      attributes: {},
      reason: undefined,
      kinds: ['readiness'],
      critical: true,
      durationMs: 100,
      checkedAtMs: 1_000_100,
      ageMs: 0,
      error: undefined,
    });
  });

  const reported = HealthStatus.named('reported').up();
  const indicator = { db: { status: 'up' } };

  it.each<[string, string | undefined, unknown, string]>([
    ['as reported', 'declared', reported, 'reported'],
    ['else as declared', 'declared', true, 'declared'],
    ['as declared, and not as the key of a terminus result', 'declared', indicator, 'declared'],
    ['else as the key of a terminus result', undefined, indicator, 'db'],
    ['else as its identity', undefined, true, 'Disk#check'],
    [
      'as before where a name is empty',
      'declared',
      Object.assign(HealthStatus.up(), { name: '' }),
      'declared',
    ],
  ])('is named %s', async (_rule, name, value, expected) => {
    expect((await outcomeAfter(0, () => value, { name })).result?.name).toBe(expected);
  });

  it('is DOWN with a reason where the name that it reports is empty', async () => {
    const { result } = await outcomeAfter(0, () => HealthStatus.named('').up());
    expect(result).toMatchObject({ state: 'DOWN', name: 'disk' });
    expect(result?.reason).toMatch(/^HealthStatus\.named\(""\): the name must be a string that is not empty/);
  });

  it('is DOWN with a reason where the status was given no state', async () => {
    const { result } = await outcomeAfter(0, () => HealthStatus.named('x').withAttribute('a', 1));
    expect(result).toMatchObject({ state: 'DOWN', name: 'x', attributes: { a: 1 } });
    expect(result?.reason).toContain('HealthStatus.named("x") has no state');
  });

  it.each<[string, Check['run'], string]>([
    [
      'throws',
      () => {
        throw new Error('refused');
      },
      'refused',
    ],
    [
      'throws null',
      () => {
        throw null;
      },
      'it failed with null',
    ],
    ['rejects', () => Promise.reject(new Error('refused')), 'refused'],
    ['rejects with nothing', () => Promise.reject(), 'it failed with undefined'],
    [
      'returns rubbish',
      () => 42,
      'the check returned the number 42, which is not a health status; return a HealthStatus, a boolean, nothing, or what an indicator of terminus returns',
    ],
    ['returns what cannot be read', () => new Proxy({}, { get: trap, has: trap, ownKeys: trap }), 'trap'],
    [
      'reports a trap',
      () => ({
        db: {
          get status() {
            return trap();
          },
        },
      }),
      'trap',
    ],
    ['reports a reason that is not a string', () => Object.assign(HealthStatus.down(), { reason: 42 }), '42'],
    [
      'throws what cannot be read',
      () => {
        throw new Proxy({}, { get: trap });
      },
      'the check failed with what cannot be read',
    ],
    [
      'fails below another error',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED ::1:1') })),
      'fetch failed: connect ECONNREFUSED [::1]:1',
    ],
  ])('gives DOWN for a check that %s', async (_what, run, reason) => {
    const { result, finished } = await outcomeAfter(0, run);
    expect(result).toMatchObject({ name: 'disk', state: 'DOWN', reason, id: 'Disk#check' });
    expect(finished).toBe(true);
  });

  it('keeps what was thrown for the log, and redacts what leaves the process', async () => {
    const error = new Error('redis://u:p@db refused');
    const thrown = await outcomeAfter(0, () => Promise.reject(error));
    expect(thrown.result?.error).toBe(error);
    expect(thrown.result?.reason).toBe('redis://***@db refused');
    const status = HealthStatus.down('password=x')
      .withAttribute('url', 'redis://u:p@db')
      .withAttribute('n', 1);
    expect((await outcomeAfter(0, () => status)).result).toMatchObject({
      reason: 'password=***',
      attributes: { url: 'redis://***@db', n: 1 },
    });
  });
});

describe('runCheck: timeout', () => {
  it('gives DOWN at the timeout and fires the signal, though the check hangs', async () => {
    let signal: AbortSignal | undefined;
    const hang = (context: CheckContext) => ((signal = context.signal), new Promise(() => undefined));
    expect((await outcomeAfter(799, hang)).result).toBeUndefined();
    expect(signal?.aborted).toBe(false);
    const { result, finished } = await outcomeAfter(800, hang);
    expect(result).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms', durationMs: 800 });
    expect(signal?.aborted).toBe(true);
    expect(finished).toBe(false);
  });

  it('says that it timed out although the check rejects because of the signal', async () => {
    const { result, finished } = await outcomeAfter(800, ({ signal }) => {
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    expect(result?.reason).toBe('timed out after 800 ms');
    expect(finished).toBe(true);
  });

  it.each([
    ['resolves', true],
    ['rejects', false],
  ])('discards what comes late: a check that %s', async (_what, well) => {
    const clock = new ManualClock();
    const late = () =>
      new Promise((resolve, reject) =>
        clock.after(900, () => (well ? resolve(true) : reject(new Error('late')))),
      );
    const { result, finished } = runCheck(check(late), clock);
    await clock.advance(1_000);
    expect(await result).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms' });
    await finished;
  });

  it('does not fire the signal of a check that ended in time', async () => {
    let signal: AbortSignal | undefined;
    await outcomeAfter(5_000, (context) => void (signal = context.signal));
    expect(signal?.aborted).toBe(false);
  });
});

describe('notRun', () => {
  it('is DOWN with the reason why', () => {
    const result = notRun(check(trap), new ManualClock(), 'because');
    expect(result).toMatchObject({ name: 'disk', state: 'DOWN', reason: 'because', durationMs: 0 });
  });
});
