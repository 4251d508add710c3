import fc from 'fast-check';
import parsePrometheusTextFormat, { type MetricFamily } from 'parse-prometheus-text-format';
import type { CheckResult, HealthKind } from '../check.js';
import { summarise } from '../report.js';
import { CheckMetrics } from './check-metrics.js';
import { prometheus, type PrometheusSource } from './prometheus.js';

function result(id: string): CheckResult {
  const rest = { attributes: {}, reason: undefined, critical: true, durationMs: 1, checkedAtMs: 0, ageMs: 0 };
  const kinds: HealthKind[] = ['liveness', 'readiness', 'liveness'];
  return { id, name: 'reported', state: 'UP', kinds, error: undefined, ...rest };
}

function write(results: CheckResult[], source: Partial<PrometheusSource>) {
  return prometheus(summarise(results), 'full', { checks: [], metrics: new CheckMetrics(), ...source });
}

function samplesOf(text: string | undefined, name: string): MetricFamily['metrics'] {
  return parsePrometheusTextFormat(text as string).find((family) => family.name === name)?.metrics ?? [];
}

function seriesOf(text: string | undefined): string[] {
  const lines = (text as string).split('\n').filter((line) => line !== '' && !line.startsWith('# '));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
}

describe('prometheus: the label of a check', () => {
  it.each<[string, [id: string, name: string | undefined][], string[]]>([
    [
      'its declared name',
      [
        ['A#a', 'db'],
        ['B#b', 'disk'],
      ],
      ['db', 'disk'],
    ],
    [
      'its identity where the name is another one’s too',
      [
        ['A#a', 'db'],
        ['B#b', 'db'],
      ],
      ['A#a', 'B#b'],
    ],
    ['its identity without a name', [['A#a', undefined]], ['A#a']],
    [
      'its identity where its name is another’s identity',
      [
        ['A#a', 'B#b'],
        ['B#b', undefined],
      ],
      ['A#a', 'B#b'],
    ],
    ['no more than 200 characters', [['A#a', 'x'.repeat(10_000)]], [`${'x'.repeat(200)}…`]],
    [
      'characters that cannot end a line',
      [['A#a', 'a\rb\u2028c\u0000d\ud800e']],
      ['a\ufffdb\ufffdc\ufffdd\ufffde'],
    ],
    ['backslashes, quotes, newlines, markup', [['A#a', '\\n"<b>\n\\']], ['\\n"<b>\n\\']],
  ])('labels a check with %s', (_title, checks, labels) => {
    const known = checks.map(([id, name]) => ({ id, name }));
    const metrics = new CheckMetrics();
    for (const { id } of known) metrics.observe(result(id));
    const { body } = write([], { checks: known, metrics });
    const samples = samplesOf(body, 'health_check_last_time_seconds');
    expect(samples.map((sample) => sample.labels?.['check'])).toEqual(labels);
  });

  it('labels a check the same whichever report it is in', () => {
    const checks = [
      { id: 'Disk#check', name: 'disk' },
      { id: 'Other#check', name: 'disk' },
    ];
    const [sample] = samplesOf(write([result('Disk#check')], { checks }).body, 'health_check_status');
    expect(sample?.labels).toMatchObject({ check: 'Disk#check' });
  });

  it('never writes a series twice, and every line can be read, whatever the names are', () => {
    const text = fc.oneof(
      fc.constantFrom('a', 'b', 'a #2', '__proto__', 'constructor', '\ud800', '\udfff', '"', '\\', '\n', ''),
      fc.constantFrom('1', '2').map((end) => 'x'.repeat(300) + end),
      fc.string({ unit: 'binary' }),
    );
    const checks = fc.uniqueArray(fc.record({ id: text, name: fc.option(text, { nil: undefined }) }), {
      selector: ({ id }) => id,
      maxLength: 8,
    });
    fc.assert(
      fc.property(checks, fc.uniqueArray(text, { maxLength: 4 }), (known, others) => {
        const ids = [...new Set([...known.map(({ id }) => id), ...others])];
        const results = ids.map((id) => result(id));
        const metrics = new CheckMetrics();
        for (const one of results) metrics.observe(one);
        const { body } = write(results, { checks: known, metrics });
        const written = new TextDecoder().decode(new TextEncoder().encode(body));
        const series = seriesOf(written);
        expect(new Set(series).size).toBe(series.length);
        expect(series).toHaveLength(3 + ids.length * (6 + 16 + 3 + 6 + 1));
        expect(samplesOf(written, 'health_check_last_time_seconds').length).toBe(ids.length);
      }),
    );
  });
});
