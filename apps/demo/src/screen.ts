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
const PROVIDER_HEADINGS = [
  [12, 'PROVIDER'],
  [14, 'AVAILABILITY'],
  [11, 'PHASE'],
  [11, 'PLACEABLE'],
  [16, 'LAST HEARTBEAT'],
  [16, 'DEADLINE'],
] as const;
/** Transitions that are shown. */
const LATEST = 6;
/** Columns of a terminal that is not widened: no line is longer. */
const WIDTH = 80;

/** A component in the answer of a healthz, as far as it is shown. */
interface FailedComponent {
  readonly componentName: string;
  readonly status: string;
  readonly message: string;
}

/** Draws the whole screen in 80 columns: who is alive, what healthz answers, and what happened last. */
export function drawScreen(
  observation: Observation,
  story: string,
  elapsedMs: number,
  nowMs: number,
): string {
  const { providers, checks, healthz, transitions } = observation;
  return [
    `${styleText('bold', 'Vitals demo')}  ${seconds(elapsedMs)}`,
    styleText('cyan', cut(story, WIDTH)),
    '',
    styleText('dim', inColumns(...PROVIDER_HEADINGS)),
    ...providers.map((provider) => drawProvider(provider, nowMs)),
    '',
    styleText('dim', inColumns([36, 'SERVICE CHECK'], [6, 'TYPE'], [12, 'STATUS'])),
    ...checks.map(drawCheck),
    '',
    styleText('dim', 'HEALTHZ?COMPONENTS=TRUE'),
    ...healthz.map(drawHealthz),
    '',
    styleText('dim', 'TRANSITIONS'),
    ...transitions.slice(-LATEST).map(drawTransition),
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
  const answers = new Map(before?.healthz.map((answer) => [answer.of, healthzText(answer)]));
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
      .map((answer) => [answer.of, healthzText(answer)] as const)
      .filter(([of, text]) => answers.get(of) !== text)
      .map(([of, text]) => `${seconds(elapsedMs)}  healthz of ${of}: ${text}`),
  ];
}

function drawProvider(provider: ProviderRow, nowMs: number): string {
  const { name, availability, phase, placeable, last_heartbeat_at: last, deadline_at } = provider;
  const sinceBeat = last ? `${((nowMs - Date.parse(last)) / 1_000).toFixed(1)} s ago` : 'never';
  const untilDeadline = (Date.parse(deadline_at) - nowMs) / 1_000;
  const deadline = untilDeadline > 0 ? `in ${untilDeadline.toFixed(1)} s` : 'passed';
  return (
    inColumns([12, name]) +
    styleText(STYLE_BY_AVAILABILITY[availability], inColumns([14, availability])) +
    inColumns([11, phase ?? '-'], [11, placeable ? 'yes' : 'no'], [16, sinceBeat], [16, deadline])
  );
}

function drawCheck({ id, type, status, message }: CheckRow): string {
  const told = styleText(STYLE_BY_STATUS[status], inColumns([12, status]));
  return `${inColumns([36, id], [6, type])}${told}${styleText('dim', cut(message ?? '', 26))}`;
}

function drawHealthz(answer: Healthz): string {
  const style: Style = answer.status === 204 || answer.status === 200 ? 'green' : 'red';
  return `${inColumns([15, answer.of])}${styleText(style, cut(healthzText(answer), 65))}`;
}

/** The status, and which components are not well, with their reasons. */
function healthzText({ status, body }: Healthz): string {
  if (status === 0) return body;
  const failed = failedComponents(body).map(({ componentName, message }) => `${componentName}: ${message}`);
  return `${status} ${failed.join('; ') || (body === '' ? 'healthy' : body)}`;
}

/** The components of an answer of healthz that are not well; none if it is another text. */
function failedComponents(body: string): readonly FailedComponent[] {
  try {
    const { componentsHealth = [] } = JSON.parse(body) as { componentsHealth?: readonly FailedComponent[] };
    return componentsHealth.filter(({ status }) => status === 'NOT_OK');
  } catch {
    return [];
  }
}

function drawTransition({
  sequence,
  at,
  subject,
  from,
  to,
  cause,
}: Observation['transitions'][number]): string {
  // of an instance of a service its name is enough: addresses are in the table of checks
  const [name = subject] = subject.split(':');
  const change = inColumns([5, `#${sequence}`], [9, at.slice(11, 19)], [14, name], [24, `${from} → ${to}`]);
  return `${change}${styleText('dim', cut(cause, 28))}`;
}

/** Cells side by side, each as wide as it says, the space after it included. */
function inColumns(...cells: readonly (readonly [width: number, text: string])[]): string {
  return cells.map(([width, text]) => cut(text, width - 1).padEnd(width)).join('');
}

/** A text in so many columns, with an ellipsis where it goes on. */
function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
}

function summary({ availability, phase, placeable }: ProviderRow): string {
  return `${availability}, phase ${phase ?? '-'}, ${placeable ? 'placeable' : 'not placeable'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(5)} s`;
}
