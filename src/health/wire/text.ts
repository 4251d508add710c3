import { compareText } from '../../order.js';
import { type NamedCheck, namesOf } from '../check-name.js';
import type { HealthReport } from '../report.js';
import type { HealthState } from '../status.js';
import { emptyAnswer, type HealthDetail, type WireAnswer } from './wire-answer.js';

/** What is asked of the text format. */
export interface TextOptions {
  /** What the closing line calls the whole, such as `livez`. */
  readonly name: string;
  /** Whether the checks are listed although all is well. */
  readonly verbose: boolean;
  /** Checks that were left out on request; see `excludeChecks`. */
  readonly excluded: readonly { readonly name: string }[];
  /** Names that were to be left out, and that no check has. */
  readonly unmatched: readonly string[];
  readonly detail: HealthDetail;
}

/** Which checks are left out on request. */
export interface Exclusion<C> {
  /** Those that stay, in their order. */
  readonly kept: readonly C[];
  /** Those that are left out, under the names by which they are listed. */
  readonly excluded: readonly { readonly id: string; readonly name: string }[];
  /** Names that no check has, each once, in their order. */
  readonly unmatched: readonly string[];
}

const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

/** The answer to most probes. */
const OK: WireAnswer = { ...emptyAnswer(200, HEADERS), body: 'ok' };

/** What could fake or hide a line: controls, format characters, line separators, halves of surrogate pairs. */
const ILLEGIBLE = /[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Longer names are cut. */
const MAX_NAME = 200;

/**
 * Writes a report as Kubernetes' API server does at `livez` and `readyz`: 200 `ok` without a newline; if asked
 * to be verbose, and in any case of a failure, which is 500, one line for each check, by name, and a closing one.
 * Reasons are withheld. A check that is down and not critical is listed as failed and does not fail the whole;
 * `degraded: ok` is the addition for a degraded one. At detail `status` there is only the closing line. A name
 * takes no more than its line: what could break out of it is escaped as in JSON, and it is cut at 200 characters.
 */
export function plainText(report: HealthReport, options: TextOptions): WireAnswer {
  const failed = report.state === 'DOWN';
  if (!failed && !options.verbose) return OK;
  const lines = options.detail === 'status' ? [] : writeLines(report, options);
  const closing = `${legible(options.name)} check ${failed ? 'failed' : 'passed'}`;
  return { ...emptyAnswer(failed ? 500 : 200, HEADERS), body: [...lines, closing, ''].join('\n') };
}

/** Leaves out the checks that one of `names` means, by the rule of `namesOf`. */
export function excludeChecks<C extends NamedCheck>(
  checks: readonly C[],
  names: readonly string[],
  reportedName: (check: C) => string | undefined,
): Exclusion<C> {
  if (names.length === 0) return { kept: checks, excluded: [], unmatched: [] };
  const unmatched = new Set(names);
  const meant = new Set(names);
  const kept: C[] = [];
  const excluded: { id: string; name: string }[] = [];
  for (const check of checks) {
    const reported = reportedName(check);
    const hits = namesOf(check, reported).filter((name) => meant.has(name));
    for (const name of hits) unmatched.delete(name);
    if (hits.length === 0) kept.push(check);
    else excluded.push({ id: check.id, name: reported ?? check.name ?? check.id });
  }
  return { kept, excluded, unmatched: [...unmatched] };
}

function writeLines({ checks, notReady }: HealthReport, { excluded, unmatched }: TextOptions): string[] {
  const entries = checks.map(({ name, state }) => ({ name, line: writeLine(name, state) }));
  // Before the app has started there are no results yet, and something has to say why it fails
  if (checks.length === 0) entries.push(...notReady.map((name) => ({ name, line: writeLine(name, 'DOWN') })));
  if (excluded.length > 0) {
    entries.push(...excluded.map(({ name }) => ({ name, line: `[+]${legible(name)} excluded: ok` })));
    entries.sort((a, b) => compareText(a.name, b.name));
  }
  const lines = entries.map(({ line }) => line);
  if (unmatched.length > 0) {
    const names = unmatched.map((name) => `"${legible(name).replaceAll('"', '\\"')}"`).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  return lines;
}

function writeLine(name: string, state: HealthState): string {
  switch (state) {
    case 'UP':
      return `[+]${legible(name)} ok`;
    case 'DEGRADED':
      return `[+]${legible(name)} degraded: ok`;
    case 'DOWN':
      return `[-]${legible(name)} failed: reason withheld`;
  }
}

function legible(name: string): string {
  const cut = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return cut.replace(ILLEGIBLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  if (character === '\\') return '\\\\';
  if (character === '\n') return '\\n';
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
