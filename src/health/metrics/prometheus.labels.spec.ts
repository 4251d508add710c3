import fc from 'fast-check';
import parsePrometheusTextFormat, { type MetricFamily } from 'parse-prometheus-text-format';
import type { CheckResult, HealthKind } from '../health-check.js';
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

/** Both labels of every check that ran, in the order of `checks`. */
function labelsOf(checks: PrometheusSource['checks'], ran = checks.map(({ id }) => id)): string[][] {
  const metrics = new CheckMetrics();
  for (const id of ran) metrics.observe(result(id));
  const samples = samplesOf(write([], { checks, metrics }).body, 'health_check_last_time_seconds');
  return samples.map(({ labels = {} }) => [labels['check'] as string, labels['source'] as string]);
}

const long = 'x'.repeat(300);

describe('prometheus: the labels of a check', () => {
  it.each<[string, PrometheusSource['checks'][number], string[]]>([
    ['its declared name and its identity', { id: 'A#a', name: 'db' }, ['db', 'A#a']],
    ['its identity twice without a name', { id: 'A#a', name: undefined }, ['A#a', 'A#a']],
    [
      'those that it was given',
      { id: 'M:A#a', name: undefined, series: { check: 'A#a', source: 'M:T#a' } },
      ['A#a', 'M:T#a'],
    ],
    [
      'no more than 200 characters, and a hash of the whole',
      { id: 'A#a', name: long },
      [`${'x'.repeat(200)}…`, expect.stringMatching(/^A#a #[0-9a-f]+$/) as unknown as string],
    ],
    [
      'characters that cannot end a line',
      { id: 'A#a', name: 'a\rb\u2028c\u0000d\ud800e' },
      ['a\ufffdb\ufffdc\ufffdd\ufffde', expect.stringMatching(/^A#a #/) as unknown as string],
    ],
    ['backslashes, quotes, newlines, markup', { id: 'A#a', name: '\\n"<b>\n\\' }, ['\\n"<b>\n\\', 'A#a']],
  ])('are %s', (_title, check, labels) => {
    expect(labelsOf([check])).toEqual([labels]);
  });

  it.each<[string, PrometheusSource['checks'][number]]>([
    ['of the same name', { id: 'B#b', name: 'db' }],
    ['named as its identity', { id: 'B#b', name: 'A#a' }],
    ['whose name is as long, and ends differently', { id: 'B#b', name: `${long}2` }],
    ['declared at the same place', { id: 'B#b', name: 'other', series: { check: 'other', source: 'A#a' } }],
  ])('do not change when a check comes %s', (_what, other) => {
    for (const name of ['db', `${long}1`]) {
      const own = { id: 'A#a', name };
      const [alone] = labelsOf([own]);
      for (const together of [
        [own, other],
        [other, own],
      ])
        expect(labelsOf(together)).toContainEqual(alone);
    }
  });

  it('are the same whichever report a check is in', () => {
    const checks = [
      { id: 'Disk#check', name: 'disk' },
      { id: 'Other#check', name: 'disk' },
    ];
    const [sample] = samplesOf(write([result('Disk#check')], { checks }).body, 'health_check_status');
    expect(sample?.labels).toMatchObject({ check: 'disk', source: 'Disk#check' });
  });

  it('do not change whatever other checks there are', () => {
    const text = fc.string({ minLength: 1, maxLength: 3 });
    const check = fc.record({ id: text, name: fc.option(text, { nil: undefined }) });
    const checks = fc.uniqueArray(check, { selector: ({ id }) => id, minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(checks, (all) => {
        const alone = all.map((one) => labelsOf([one])[0]);
        expect(labelsOf(all)).toEqual(alone);
      }),
    );
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
