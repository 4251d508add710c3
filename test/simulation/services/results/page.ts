import { count, type Results } from './results.js';

/** The page with its tables made anew from the results; everything else on it stays. */
export function pageWith(page: string, results: Results): string {
  const tables: Readonly<Record<string, string>> = {
    day: dayTable(results),
    faults: countTable('fault', results.model.faults),
    transitions: countTable('transition', results.model.explained),
    ablations: ablationTable(results),
  };
  return page.replaceAll(
    /(<!-- results: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name]}\n\n${end}`,
  );
}

function dayTable({ model }: Results): string {
  const { medianDetectionMs, p99DetectionMs, worstShareOfBound, violations } = model;
  return table(
    ['what', 'how much'],
    [
      ['days of virtual time', whole(model.seeds)],
      ['service-hours', whole(model.serviceHours)],
      ['probes of services', whole(model.looks)],
      ['messages of TTLs', whole(model.messages)],
      ['transitions recorded, each once', whole(model.transitions)],
      ['of them removals of services that failed for too long', whole(model.removals)],
      ['of them without a notification', whole(model.suppressed)],
      ['crashes of the control plane', whole(model.crashes)],
      ['failures longer than their bound, all found', whole(model.longFaults)],
      ['shorter ones', whole(model.shortFaults)],
      ['states audited', whole(model.audits)],
      ['detection: median, p99', `${seconds(medianDetectionMs)} s, ${seconds(p99DetectionMs)} s`],
      ['worst detection, of its bound', `${(100 * worstShareOfBound).toFixed(1)} %`],
      ['**violations**', `**${whole(count(violations))}**`],
    ],
  );
}

function countTable(name: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return table(
    [name, 'times'],
    rows.map(([kind, times]) => [kind, whole(times)]),
  );
}

function ablationTable({ ablations }: Results): string {
  return table(
    ['removed', 'seeds', 'service-hours', 'violations without it', 'with it'],
    ablations.map((row) => [
      row.name,
      whole(row.seeds),
      whole(row.serviceHours),
      Object.entries(row.violations)
        .map(([violation, times]) => `${whole(times)} ${violation}`)
        .join(', '),
      whole(row.violationsOfTheProduct),
    ]),
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

function seconds(valueMs: number): string {
  return (valueMs / 1_000).toFixed(1);
}
