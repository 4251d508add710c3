import { styleText } from 'node:util';
import type { CheckRow, Healthz, Observation, ProviderRow } from './watch.js';

type Style = Parameters<typeof styleText>[0];

const STYLE_BY_AVAILABILITY: Readonly<Record<ProviderRow['availability'], Style>> = {
  Available: 'green',
  Suspect: 'yellow',
  Unavailable: 'red',
  Unknown: 'gray',
};
const STYLE_BY_STATUS: Readonly<Record<CheckRow['status'], Style>> = {
  Pending: 'gray',
  Passing: 'green',
  Warning: 'yellow',
  Critical: 'red',
  Maintenance: 'cyan',
};
/** Transitions that are shown. */
const LATEST = 6;

/** Draws the whole screen: who is alive, what healthz answers, and what happened last. */
export function drawScreen(
  observation: Observation,
  story: string,
  elapsedMs: number,
  nowMs: number,
): string {
  const { providers, checks, healthz, transitions } = observation;
  return [
    styleText('bold', `Vitals demo`) + `  ${seconds(elapsedMs)}  ${styleText('cyan', story)}`,
    '',
    styleText(
      'dim',
      `${'PROVIDER'.padEnd(12)}${'AVAILABILITY'.padEnd(15)}${'PHASE'.padEnd(11)}${'PLACEABLE'.padEnd(11)}${'LAST BEAT'.padEnd(12)}DEADLINE`,
    ),
    ...providers.map((row) => drawProvider(row, nowMs)),
    '',
    styleText('dim', `${'SERVICE CHECK'.padEnd(40)}${'TYPE'.padEnd(6)}STATUS`),
    ...checks.map(drawCheck),
    '',
    styleText('dim', 'HEALTHZ?COMPONENTS=TRUE'),
    ...healthz.map(drawHealthz),
    '',
    styleText('dim', 'TRANSITIONS'),
    ...transitions
      .slice(-LATEST)
      .map(
        ({ sequence, at, subject, from, to, cause }) =>
          `${`#${sequence}`.padEnd(5)}${at.slice(11, 23)}  ${subject.padEnd(32)} ${from} → ${to}  ${styleText('dim', cause)}`,
      ),
  ].join('\n');
}

/** One line for every change between two observations, for terminals that cannot be redrawn. */
export function describeChanges(
  before: Observation | undefined,
  now: Observation,
  elapsedMs: number,
): string[] {
  const known = new Map(before?.providers.map((row) => [row.name, summary(row)]));
  const checked = new Map(before?.checks.map((row) => [row.id, row.status]));
  const gone = before?.checks.filter(({ id }) => !now.checks.some((row) => row.id === id)) ?? [];
  const answers = new Map(before?.healthz.map((answer) => [answer.of, drawHealthz(answer)]));
  return [
    ...now.providers
      .filter((row) => known.get(row.name) !== summary(row))
      .map((row) => `${seconds(elapsedMs)}  ${row.name.padEnd(10)} ${summary(row)}`),
    ...now.checks
      .filter(({ id, status }) => checked.get(id) !== status)
      .map(
        ({ id, status, message }) => `${seconds(elapsedMs)}  ${id} ${status}${message ? `: ${message}` : ''}`,
      ),
    ...gone.map(({ id }) => `${seconds(elapsedMs)}  ${id} removed`),
    ...now.healthz
      .map((answer) => [answer.of, drawHealthz(answer)] as const)
      .filter(([of, text]) => answers.get(of) !== text)
      .map(([, text]) => `${seconds(elapsedMs)}  ${text}`),
  ];
}

function drawProvider(row: ProviderRow, nowMs: number): string {
  const sinceBeat = row.last_heartbeat_at
    ? `${((nowMs - Date.parse(row.last_heartbeat_at)) / 1_000).toFixed(1)} s ago`
    : 'never';
  const untilDeadline = (Date.parse(row.deadline_at) - nowMs) / 1_000;
  const deadline = untilDeadline > 0 ? `in ${untilDeadline.toFixed(1)} s` : 'passed';
  return (
    row.name.padEnd(12) +
    styleText(STYLE_BY_AVAILABILITY[row.availability], row.availability.padEnd(15)) +
    (row.phase ?? '-').padEnd(11) +
    (row.placeable ? 'yes' : 'no').padEnd(11) +
    sinceBeat.padEnd(12) +
    deadline
  );
}

function drawCheck({ id, type, status, message }: CheckRow): string {
  const told = styleText(STYLE_BY_STATUS[status], status.padEnd(12));
  return `${id.padEnd(40)}${type.padEnd(6)}${told}${styleText('dim', (message ?? '').slice(0, 60))}`;
}

function drawHealthz({ of, status, body }: Healthz): string {
  const style: Style = status === 204 || status === 200 ? 'green' : 'red';
  return `${of.padEnd(14)} ${styleText(style, String(status || '---'))} ${body.slice(0, 110) || 'healthy'}`;
}

function summary({ availability, phase, placeable }: ProviderRow): string {
  return `${availability}, phase ${phase ?? '-'}, ${placeable ? 'placeable' : 'not placeable'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(5)} s`;
}
