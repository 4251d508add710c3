import fc from 'fast-check';
import type { CheckResult } from '../health-check.js';
import { type HealthReport, summarise } from '../report.js';
import type { HealthState } from '../status.js';
import { excludeChecks, plainText, type TextOptions } from './text.js';

function result(state: HealthState, name: string, more: Partial<CheckResult> = {}): CheckResult {
  const rest = { attributes: { free: 5 }, reason: 'secret', kinds: [], critical: true, error: undefined };
  return { id: `I#${name}`, name, state, durationMs: 1, checkedAtMs: 0, ageMs: 0, ...rest, ...more };
}

function answer(report: HealthReport, more: Partial<TextOptions> = {}) {
  const brief: TextOptions = { name: 'livez', verbose: false, excluded: [], unmatched: [], detail: 'full' };
  return plainText(report, { ...brief, ...more });
}

const verbose = { verbose: true };

describe('plainText', () => {
  it('is ok without a newline when all is well', () => {
    expect(answer(summarise([result('UP', 'ping')]))).toEqual({
      status: 200,
      headers: {
        'cache-control': 'no-store',
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      },
      body: 'ok',
    });
  });

  it('lists every check when asked to be verbose', () => {
    const report = summarise([result('UP', 'ping'), result('UP', 'etcd')]);
    const body = '[+]etcd ok\n[+]ping ok\nreadyz check passed\n';
    expect(answer(report, { ...verbose, name: 'readyz' })).toMatchObject({ status: 200, body });
  });

  it('lists every check on a failure, with its reason withheld and code 500', () => {
    const report = summarise([result('UP', 'ping'), result('DOWN', 'etcd')]);
    const { status, headers, body } = answer(report);
    expect({ status, body }).toEqual({
      status: 500,
      body: '[-]etcd failed: reason withheld\n[+]ping ok\nlivez check failed\n',
    });
    expect(headers).toEqual(answer(summarise([])).headers);
  });

  it('shows what is not critical as failed, and what is degraded, without failing', () => {
    const report = summarise([result('DOWN', 'cache', { critical: false }), result('DEGRADED', 'disk')]);
    expect(answer(report)).toMatchObject({ status: 200, body: 'ok' });
    const body = '[-]cache failed: reason withheld\n[+]disk degraded: ok\nlivez check passed\n';
    expect(answer(report, verbose)).toMatchObject({ status: 200, body });
  });

  it('shows what was left out among the others, and warns of names that no check has', () => {
    const options = { ...verbose, excluded: [{ name: 'etcd' }], unmatched: ['x', 'say "y"\n'] };
    expect(answer(summarise([result('UP', 'ping'), result('UP', 'disk')]), options).body).toBe(
      '[+]disk ok\n[+]etcd excluded: ok\n[+]ping ok\n' +
        'warn: some health checks cannot be excluded: no matches for "x","say \\"y\\"\\n"\n' +
        'livez check passed\n',
    );
  });

  it('says which targets are missing before there are results', () => {
    const report: HealthReport = { state: 'DOWN', checks: [], notReady: ['bootstrap'] };
    const body = '[-]bootstrap failed: reason withheld\nreadyz check failed\n';
    expect(answer(report, { name: 'readyz' })).toMatchObject({ status: 500, body });
  });

  it('names nothing at detail status', () => {
    const options: Partial<TextOptions> = {
      ...verbose,
      detail: 'status',
      excluded: [{ name: 'etcd' }],
      unmatched: ['x'],
    };
    expect(answer(summarise([result('DOWN', 'disk')]), options).body).toBe('livez check failed\n');
    expect(answer(summarise([result('UP', 'disk')]), options).body).toBe('livez check passed\n');
  });

  it.each([
    ['disk ok\n[+]etcd', '[+]disk ok\\n[+]etcd ok'],
    ['a\r\u2028\u0085\u0000b', '[+]a\\u000d\\u2028\\u0085\\u0000b ok'],
    ['a\\n', '[+]a\\\\n ok'],
    ['\u202eko', '[+]\\u202eko ok'],
    ['\ud800', '[+]\\ud800 ok'],
    ['\u{e0001}', '[+]\\udb40\\udc01 ok'],
    ['<b>"x"</b>', '[+]<b>"x"</b> ok'],
    ['Prüfung 😀', '[+]Prüfung 😀 ok'],
    ['__proto__', '[+]__proto__ ok'],
    ['x'.repeat(10_000), `[+]${'x'.repeat(200)}… ok`],
  ])('keeps the name %j within its line', (name, line) => {
    expect(answer(summarise([result('UP', name)]), verbose).body).toBe(`${line}\nlivez check passed\n`);
  });

  it('has one line for each check, and no reason or attribute in any, whatever the names are', () => {
    const names = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 5 });
    fc.assert(
      fc.property(names, names, names, (all, excluded, unmatched) => {
        const report = summarise(all.map((name) => result('DOWN', name)));
        const options = { ...verbose, excluded: excluded.map((name) => ({ name })), unmatched };
        const lines = (answer(report, options).body as string).split(/\r\n|[\n\r\u0085\u2028\u2029]/u);
        expect(lines).toHaveLength(all.length + excluded.length + (unmatched.length > 0 ? 1 : 0) + 2);
        expect(lines.filter((line) => line.startsWith('[-]'))).toHaveLength(all.length);
        expect(lines.at(-1)).toBe('');
      }),
    );
  });
});

describe('excludeChecks', () => {
  const disk = { id: 'Disk#check', name: 'disk' };
  const db = { id: 'Db#check', name: undefined };
  const cache = { id: 'Cache#check', name: 'store' };
  const other = { id: 'Other#check', name: 'store' };
  const all = [disk, db, cache, other];
  const reported = (check: { id: string }) => (check === db ? 'database' : undefined);

  it.each<[string, string[], string[], string[], string[]]>([
    ['nothing', [], [], all.map(({ id }) => id), []],
    ['a declared name', ['disk'], ['disk'], ['Db#check', 'Cache#check', 'Other#check'], []],
    ['a reported name', ['database'], ['database'], ['Disk#check', 'Cache#check', 'Other#check'], []],
    ['an identity', ['Db#check'], ['database'], ['Disk#check', 'Cache#check', 'Other#check'], []],
    ['a name of two', ['store'], ['store', 'store'], ['Disk#check', 'Db#check'], []],
    ['two names of one', ['disk', 'Disk#check'], ['disk'], ['Db#check', 'Cache#check', 'Other#check'], []],
    [
      'names of none, repeated',
      ['x', 'Disk', 'x', '__proto__'],
      [],
      all.map(({ id }) => id),
      ['x', 'Disk', '__proto__'],
    ],
  ])('leaves out by %s', (_title, names, excluded, kept, unmatched) => {
    const exclusion = excludeChecks(all, names, reported);
    expect(exclusion.excluded.map(({ name }) => name)).toEqual(excluded);
    expect(exclusion.kept.map(({ id }) => id)).toEqual(kept);
    expect(exclusion.unmatched).toEqual(unmatched);
  });
});
