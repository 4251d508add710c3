import { type ClusterTally, countOf } from './jobs.js';
import type { ClusterResults } from './results.js';

/** The page with the tables of these results. */
export function clusterPageWith(
  page: string,
  { exploration, model, calm, ablations }: ClusterResults,
): string {
  const tables: Readonly<Record<string, string>> = {
    exploration: table(
      ['begins with', 'actions before', 'depth', 'states', 'actions performed', 'violations'],
      exploration.map((row) => [
        row.name,
        whole(row.before),
        whole(row.depth),
        whole(row.states),
        whole(row.transitions),
        whole(row.violations),
      ]),
    ),
    model: tallyTable(model),
    calm: tallyTable(calm),
    faults: table(
      ['fault', 'times'],
      Object.entries(model.faults)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([fault, times]) => [fault, whole(times)]),
    ),
    ablations: table(
      ['taken away', 'seeds', 'seeds that show it', 'violations without it', 'with it'],
      ablations.map((row) => [
        row.name,
        whole(row.seeds),
        whole(row.seedsWithViolations),
        Object.entries(row.violations)
          .map(([violation, times]) => `${whole(times)} ${violation}`)
          .join(', '),
        whole(row.violationsOfTheProduct),
      ]),
    ),
  };
  return page.replaceAll(
    /(<!-- results: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name]}\n\n${end}`,
  );
}

function tallyTable(tally: ClusterTally): string {
  return table(
    ['what', 'how much'],
    [
      ['seeds', whole(tally.seeds)],
      ['provider-hours', whole(tally.providerHours)],
      ['heartbeats taken', whole(tally.beats)],
      ['transitions', whole(tally.transitions)],
      ['partitions taken', whole(tally.takeovers)],
      ['longest time from a crash to `Unavailable`', `${(tally.longestDetectionMs / 1_000).toFixed(1)} s`],
      ['**violations**', `**${whole(countOf(tally.violations))}**`],
    ],
  );
}

/** As the formatter of the repository lays tables out: padded, so that it changes nothing. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[at] ?? cell).length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] as number)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
