import type { HealthReport } from '../report.js';
import type { HealthState } from '../status.js';
import { emptyAnswer, type HealthDetail, type WireAnswer } from '../wire/answer.js';
import { distinctKeys } from '../wire/keyed-checks.js';
import { type CheckMetrics, type CheckRecord, DURATION_BUCKETS, HEALTH_STATES } from './check-metrics.js';

/** What is told beside a report. */
export interface PrometheusSource {
  /** All checks of the app, so that a check has the same label whatever the report is about. */
  readonly checks: readonly { readonly id: string; readonly name: string | undefined }[];
  readonly metrics: CheckMetrics;
}

/** A record under its label, which is escaped already. */
type Labelled = readonly [label: string, record: CheckRecord];

const HEADERS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };

/** Longer labels are cut. */
const LONGEST_LABEL = 200;

/** What a reader of lines may stumble over; a newline has an escape of its own. */
const ILLEGIBLE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** Upper bounds of the buckets as they are written. */
const BOUNDS = [...DURATION_BUCKETS.map(String), '+Inf'];

/**
 * Writes states and counters in Prometheus' text exposition format 0.0.4. Always 200: a scrape that sees `DOWN`
 * has not failed. States are of the checks in the report, counters of every check that has run. The label `check`
 * is the declared name if no other check has it, else the identity, so that no series comes twice; reasons and
 * attributes are never told. At detail `status` only the whole is.
 */
export function prometheus(
  report: HealthReport,
  detail: HealthDetail,
  { checks, metrics }: PrometheusSource,
): WireAnswer {
  const whole = family(
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
    family(
      'health_check_status',
      'gauge',
      'Health of a check, for each kind; 1 for the state that it is in.',
      [...byId.values()].flatMap(({ id, kinds, state: current }) =>
        (kinds.length > 0 ? [...new Set<string>(kinds)] : ['']).flatMap((kind) =>
          HEALTH_STATES.map(
            (state) => `{check="${labels.get(id)}",kind="${kind}",status="${state}"} ${flag(state, current)}`,
          ),
        ),
      ),
    ),
    family(
      'health_check_duration_seconds',
      'histogram',
      'How long runs of a check took.',
      ran.flatMap(histogram),
    ),
    family(
      'health_checks_total',
      'counter',
      'Runs of a check, by the state that they found.',
      ran.flatMap(([check, { runs }]) =>
        HEALTH_STATES.map((state) => `{check="${check}",result="${state}"} ${runs[state]}`),
      ),
    ),
    family(
      'health_check_transitions_total',
      'counter',
      'Changes of the state of a check.',
      records.flatMap(transitions),
    ),
    family(
      'health_check_last_time_seconds',
      'gauge',
      'When the last run of a check ended, in seconds since 1970.',
      ran.map(([check, { lastRunAtMs = 0 }]) => `{check="${check}"} ${lastRunAtMs / 1000}`),
    ),
  ];
}

/** One label for each identity; no two are equal. */
function labelsOf(checks: PrometheusSource['checks']): ReadonlyMap<string, string> {
  const names = new Map<string, string | undefined>();
  for (const { id, name } of checks) if (!names.has(id)) names.set(id, name);
  const ids = [...names.keys()];
  const wanted = ids.map((id) => legible(names.get(id) ?? id));
  const labels = distinctKeys(wanted, (index) => legible(ids[index] as string));
  return new Map(ids.map((id, index) => [id, escapeLabel(labels[index] as string)]));
}

function unnamed(ids: Iterable<string>): PrometheusSource['checks'] {
  return Array.from(ids, (id) => ({ id, name: undefined }));
}

function histogram([check, { durations, durationSumSeconds, runs }]: Labelled): string[] {
  const total = runs.UP + runs.DEGRADED + runs.DOWN;
  let cumulated = 0;
  return [
    ...BOUNDS.map((bound, index) => {
      cumulated = index < durations.length ? cumulated + (durations[index] ?? 0) : total;
      return `_bucket{check="${check}",le="${bound}"} ${cumulated}`;
    }),
    `_sum{check="${check}"} ${durationSumSeconds}`,
    `_count{check="${check}"} ${total}`,
  ];
}

function transitions([check, record]: Labelled): string[] {
  return HEALTH_STATES.flatMap((from) =>
    HEALTH_STATES.filter((to) => to !== from).map(
      (to) => `{check="${check}",from="${from}",to="${to}"} ${record.transitions[from][to]}`,
    ),
  );
}

/** A family of series; nothing at all if it has none. */
function family(name: string, type: string, help: string, samples: readonly string[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map((sample) => `${name}${sample}\n`).join('');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
}

function flag(state: HealthState, current: HealthState): 0 | 1 {
  return state === current ? 1 : 0;
}

function legible(text: string): string {
  const cut = text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}…` : text;
  return cut.replace(ILLEGIBLE, '\ufffd');
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => ESCAPES[character] as string);
}
