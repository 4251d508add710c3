import type { OutsideRows, ResultRow, Results } from './results.js';

/** The page with its tables made anew from the results; everything else on it stays. */
export function pageWith(page: string, results: Results): string {
  const tables: Readonly<Record<string, string>> = {
    model: modelTable(results),
    ablations: ablationTable(results),
    outside: results.outside.map(outsideTable).join('\n\n'),
  };
  return page.replaceAll(
    /(<!-- results: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name]}\n\n${end}`,
  );
}

function modelTable({ model }: Results): string {
  return table(
    [
      'settings',
      'seeds',
      'provider-hours',
      'heartbeats',
      'kills',
      'crashes found',
      'worst, of its bound',
      'violations',
    ],
    [...model.profiles, model.total].map((row) => [
      row.name,
      whole(row.seeds),
      whole(row.providerHours),
      whole(row.beats),
      whole(row.controlPlaneCrashes),
      whole(row.crashesFound),
      `${seconds(row.worstDetectionMs)} s, ${(100 * row.worstShareOfBound).toFixed(1)} %`,
      `**${whole(count(row.violations))}**`,
    ]),
  );
}

function ablationTable({ ablations }: Results): string {
  return table(
    ['removed rule', 'seeds', 'provider-hours', 'violations without it', 'with it'],
    ablations.map((row) => [
      row.name,
      whole(row.seeds),
      whole(row.providerHours),
      Object.entries(row.violations)
        .map(([violation, times]) => `${whole(times)} ${violation}`)
        .join(', '),
      whole(row.violationsOfTheProduct),
    ]),
  );
}

function outsideTable({ loss, retries, detectors }: OutsideRows): string {
  const tries = retries ? 'tries again inside an interval' : 'one try per interval';
  const heading = `**${100 * loss} % loss, ${tries}** (${whole((detectors[0] as ResultRow).providerHours)} provider-hours)`;
  const rows = detectors.map((row) => [
    row.name,
    seconds(row.medianDetectionMs),
    seconds(row.p99DetectionMs),
    seconds(row.worstDetectionMs),
    `${row.mistakesPerThousandProviderHours}`,
  ]);
  const head = ['detector', 'median, s', 'p99, s', 'worst, s', 'mistakes per 1,000 provider-hours'];
  return `${heading}\n\n${table(head, rows)}`;
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

function count(violations: Readonly<Record<string, number>>): number {
  return Object.values(violations).reduce((total, each) => total + each, 0);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function seconds(valueMs: number): string {
  return (valueMs / 1_000).toFixed(1);
}
