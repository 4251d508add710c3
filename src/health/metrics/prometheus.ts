import { hash32 } from '../../hash.js';
import type { Check } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { HealthState } from '../status.js';
import { emptyAnswer, type HealthDetail, type WireAnswer } from '../wire/wire-answer.js';
import { firstFree } from '../wire/keyed-checks.js';
import { type CheckMetrics, type CheckRecord, DURATION_BUCKETS, HEALTH_STATES } from './check-metrics.js';

/** What is told beside a report. */
export interface PrometheusSource {
  /** All checks of the app, so that a check has the same labels whatever the report is about. */
  readonly checks: readonly Pick<Check, 'id' | 'name' | 'series'>[];
  readonly metrics: CheckMetrics;
}

/** A record under its labels, as they are written. */
type Labelled = readonly [labels: string, record: CheckRecord];

const HEADERS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };

/** Longer labels are cut. */
const MAX_LABEL = 200;

/** What a reader of lines may stumble over; a newline has an escape of its own. */
const ILLEGIBLE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** Upper bounds of the buckets as they are written. */
const BOUNDS = [...DURATION_BUCKETS.map(String), '+Inf'];

/**
 * Writes states and counters in Prometheus' text exposition format 0.0.4. Always 200: a scrape that sees `DOWN`
 * has not failed. States are of the checks in the report, counters of every check that has run. The labels `check` and
 * `source` are those of `CheckSeries`: other checks do not change them, and together no two checks share them. Reasons
 * and attributes are never told. At detail `status` only the whole is.
 */
export function prometheus(
  report: HealthReport,
  detail: HealthDetail,
  { checks, metrics }: PrometheusSource,
): WireAnswer {
  const whole = metricFamily(
    'health_status',
    'gauge',
    'Health of the whole; 1 for the state that it is in.',
    HEALTH_STATES.map((state) => `{status="${state}"} ${flag(state, report.state)}`),
  );
  const parts = detail === 'status' ? [] : writeParts(report, { checks, metrics });
  return { ...emptyAnswer(200, HEADERS), body: [whole, ...parts].join('') };
}

function writeParts({ checks: results }: HealthReport, { checks, metrics }: PrometheusSource): string[] {
  const labels = labelsOf([
    ...checks,
    ...unnamed(results.map(({ id }) => id)),
    ...unnamed(metrics.checks.keys()),
  ]);
  const byId = new Map(results.map((result) => [result.id, result]));
  const records = [...metrics.checks].map(([id, record]): Labelled => [labels.get(id) as string, record]);
  const ran = records.filter(([, { lastRunAtMs }]) => lastRunAtMs !== undefined);
  return [
    metricFamily(
      'health_check_status',
      'gauge',
      'Health of a check, for each kind; 1 for the state that it is in.',
      [...byId.values()].flatMap(({ id, kinds, state: current }) =>
        (kinds.length > 0 ? [...new Set<string>(kinds)] : ['']).flatMap((kind) =>
          HEALTH_STATES.map(
            (state) => `{${labels.get(id)},kind="${kind}",status="${state}"} ${flag(state, current)}`,
          ),
        ),
      ),
    ),
    metricFamily(
      'health_check_duration_seconds',
      'histogram',
      'How long runs of a check took.',
      ran.flatMap(histogram),
    ),
    metricFamily(
      'health_checks_total',
      'counter',
      'Runs of a check, by the state that they found.',
      ran.flatMap(([own, { runs }]) =>
        HEALTH_STATES.map((state) => `{${own},result="${state}"} ${runs[state]}`),
      ),
    ),
    metricFamily(
      'health_check_transitions_total',
      'counter',
      'Changes of the state of a check.',
      records.flatMap(transitions),
    ),
    metricFamily(
      'health_check_last_time_seconds',
      'gauge',
      'When the last run of a check ended, in seconds since 1970.',
      ran.map(([own, { lastRunAtMs = 0 }]) => `{${own}} ${lastRunAtMs / 1000}`),
    ),
  ];
}

/** The labels of each identity; no two are equal. */
function labelsOf(checks: PrometheusSource['checks']): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, name, series = { check: name ?? id, source: id } } of checks) {
    if (labels.has(id)) continue;
    const [check, source] = [legible(series.check), legible(series.source)];
    const isWhole = check === series.check && source === series.source;
    // what was cut may have made two alike that differ
    const own = isWhole ? source : `${source} #${hash32(`${series.check}\n${series.source}`).toString(16)}`;
    const pair = firstFree(`check="${escapeLabel(check)}",source="${escapeLabel(own)}`, taken);
    taken.add(pair);
    labels.set(id, `${pair}"`);
  }
  return labels;
}

function unnamed(ids: Iterable<string>): PrometheusSource['checks'] {
  return Array.from(ids, (id) => ({ id, name: undefined }));
}

function histogram([own, { durations, durationSumSeconds, runs }]: Labelled): string[] {
  const total = runs.UP + runs.DEGRADED + runs.DOWN;
  let cumulated = 0;
  return [
    ...BOUNDS.map((bound, index) => {
      cumulated = index < durations.length ? cumulated + (durations[index] ?? 0) : total;
      return `_bucket{${own},le="${bound}"} ${cumulated}`;
    }),
    `_sum{${own}} ${durationSumSeconds}`,
    `_count{${own}} ${total}`,
  ];
}

function transitions([own, record]: Labelled): string[] {
  return HEALTH_STATES.flatMap((from) =>
    HEALTH_STATES.filter((to) => to !== from).map(
      (to) => `{${own},from="${from}",to="${to}"} ${record.transitions[from][to]}`,
    ),
  );
}

/** A family of series in the text exposition format, each sample without its name; nothing at all if it has none. */
export function metricFamily(name: string, type: string, help: string, samples: readonly string[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map((sample) => `${name}${sample}\n`).join('');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
}

function flag(state: HealthState, current: HealthState): 0 | 1 {
  return state === current ? 1 : 0;
}

function legible(text: string): string {
  const cut = text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}…` : text;
  return cut.replace(ILLEGIBLE, '\ufffd');
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => ESCAPES[character] as string);
}
