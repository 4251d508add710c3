import { written } from '../support/statistics.js';
import { flushText, machineText } from './machine.js';

const HEAD = `# Benchmarks

Written by \`npm run bench\`; do not edit. \`npm run bench <name> …\` repeats some and keeps the results of the others; \`npm run bench -- --quick\` only checks that all of them run, and writes nothing. \`npm run bench -- --before <folder> <name> …\` alternates another built checkout with this one, where a benchmark starts the control plane for heartbeats, checks or unread answers, and puts both side by side with their ratio.

Control planes are what \`npm start\` runs, with authentication on and every commit flushed to a SQLite file, driven over HTTP from another process on the same machine. The column “Beside it” was measured in the same run. Unless a section says otherwise, each line has one value per round: the columns are the minimum, the median and the maximum. A goal applies to the median.
`;

/** The page about the results of all benchmarks, by name. */
export function pageOf(results) {
  const sections = Object.entries(results);
  const machines = [...new Set(sections.map(([, { machine }]) => machineText(machine)))];
  return [
    HEAD,
    ...(machines.length === 1 ? [`Machine: ${machines[0]}; ${flushText(sections[0][1].machine)}.\n`] : []),
    '## Goals\n',
    goalsOf(sections),
    ...sections.map(([name, result]) => sectionOf(name, result, machines.length > 1)),
  ].join('\n');
}

function goalsOf(sections) {
  const rows = sections.flatMap(([, { title, rows: all }]) =>
    all
      .filter(({ goal }) => goal)
      .map((one) => [
        title,
        one.what,
        goalText(one),
        amount(one, one.median),
        beside(one, all),
        verdict(one),
      ]),
  );
  return table(['Benchmark', 'What', 'Goal', 'Median', 'Beside it', 'Verdict'], rows);
}

function sectionOf(name, { title, how, anchor, notes = [], at, machine, rows }, withMachine) {
  const lines = rows.map((one) => [
    one.what,
    one.unit,
    goalText(one),
    ...[one.min, one.median, one.max].map((value) => amount({ ...one, unit: '' }, value)),
    beside(one, rows),
    verdict(one),
  ]);
  return [
    `## ${title}\n`,
    `\`npm run bench ${name}\`, ${at.slice(0, 16).replace('T', ' ')} UTC. ${how}\n`,
    ...(withMachine ? [`Machine: ${machineText(machine)}; ${flushText(machine)}.\n`] : []),
    ...(anchor ? [`Anchors: ${anchor}\n`] : []),
    ...notes.map((note) => `${note}\n`),
    table(['What', 'Unit', 'Goal', 'Min', 'Median', 'Max', 'Beside it', 'Verdict'], lines),
  ].join('\n');
}

function goalText({ goal, unit }) {
  return goal ? `${written(goal)} ${unit}`.trim() : '';
}

function verdict({ goal, met }) {
  if (!goal) return '';
  return met ? 'met' : '**MISSED**';
}

function beside({ beside: names = [] }, rows) {
  return names
    .map((name) => rows.find(({ what }) => what === name))
    .map((other) => `${other.what}: ${amount(other, other.median)}`)
    .join('; ');
}

function amount({ digits, unit }, value) {
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${number} ${unit}`.trim();
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}
