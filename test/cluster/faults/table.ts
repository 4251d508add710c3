import type { Round } from './round.js';

/** Columns of the table, each with what is taken of the runs of a fault. */
const SUMS = [
  ['checks missed', 'checksMissed'],
  ['checks doubled', 'checksDoubled'],
  ['transitions lost', 'transitionsLost'],
  ['transitions doubled', 'transitionsDoubled'],
  ['false marks', 'falseMarks'],
  ['acknowledged and lost', 'acknowledgedLost'],
] as const;
const LONGEST = [
  ['longest gap, ms', 'longestGapMs'],
  ['longest without an acknowledged beat, ms', 'longestSilenceMs'],
  ['slowest detection, ms', 'slowestDetectionMs'],
  ['whole again after, ms', 'resumedMs'],
] as const;

/** Whether nothing was counted that must not be, and everything resumed. */
export function isClean(round: Round): boolean {
  return Number.isFinite(round.resumedMs) && SUMS.every(([, member]) => round[member] === 0);
}

/** The runs of all faults as a table in Markdown, one row for each fault. */
export function tableOf(rounds: readonly Round[]): string {
  const header = ['fault', 'runs', ...SUMS.map(([title]) => title), ...LONGEST.map(([title]) => title)];
  const faults = [...new Set(rounds.map(({ fault }) => fault))];
  const rows = faults.map((name) => {
    const of = rounds.filter(({ fault }) => fault === name);
    const sums = SUMS.map(([, member]) => of.reduce((sum, round) => sum + round[member], 0));
    const longest = LONGEST.map(([, member]) => Math.max(...of.map((round) => round[member])));
    return [name, of.length, ...sums, ...longest];
  });
  const lines = [header, header.map((_, at) => (at === 0 ? '---' : '--:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const EXAMPLES = 5;

/** Findings, those that differ in numbers alone together. */
export function summaryOf(findings: readonly string[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const finding of findings) {
    const kind = finding.replaceAll(/\d+/g, '#');
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds.values()].flatMap((found) => {
    const more = found.length - EXAMPLES;
    return more > 0 ? [...found.slice(0, EXAMPLES), `… and ${more} more like these`] : found;
  });
}
