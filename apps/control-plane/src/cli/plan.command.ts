import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FieldFault } from '@vitals/core/errors';
import { type FieldChange, isEmpty, type PlanBody, type PlannedChange } from '../declarations/plan.js';
import {
  describeFaults,
  describeUnreadable,
  type FileFault,
  readDeclarationsFile,
} from '../declarations/reading/declarations.file.js';
import { MAX_FAULTS } from '../http/problem-details.js';
import {
  type ControlPlaneAddress,
  OPTIONS_USAGE,
  printable,
  runCommand,
  type Terminal,
} from './command-line.js';
import { ControlPlaneClient, type Members } from './api.client.js';

const USAGE = `usage: vitals plan <file> [--control-plane http://127.0.0.1:3000] [--token <token>]

Says what a file of declarations would change, and changes nothing.

  <file>            YAML or JSON, as for VITALS_DECLARATIONS
${OPTIONS_USAGE}
Exit codes: 0 nothing would change, 2 something would change, 1 the file is wrong or nobody answered.
`;

const EXIT = { same: 0, failed: 1, different: 2 } as const;
const ESCAPE = '\u001b[';
const COLOURS = { '+': '32', '~': '33', '-': '31', '=': '2' } as const;
/** How long the control plane may take, in milliseconds: it reads every entry. */
const PATIENCE_MS = 60_000;

/** The answer to a document: its plan, or its faults. */
export type PlanAnswer = { readonly plan: PlanBody } | { readonly faults: readonly FieldFault[] };

/** Prints what a file of declarations would change. Never throws. @returns the exit code */
export function planCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { env, stdout, stderr } = terminal;
  return runCommand(
    { name: 'plan', usage: USAGE },
    args,
    terminal,
    async ({ files: [path, ...more], ...line }) => {
      if (path === undefined || more.length > 0)
        throw new Error('name one file, such as vitals plan checks.yaml');
      const refuse = (faults: readonly FileFault[]): number => {
        for (const fault of describeFaults(path, faults)) stderr.write(`${printable(fault)}\n`);
        return EXIT.failed;
      };
      // npm runs scripts in the folder of the package, not where they were called
      const bytes = await readFile(resolve(env['INIT_CWD'] ?? '', path)).catch((error: unknown) => {
        throw new Error(`${path}: ${describeUnreadable(error)}`);
      });
      const file = readDeclarationsFile(bytes);
      if (file.faults.length > 0) return refuse(file.faults);
      const answer = await requestPlan(file.value, line);
      if ('faults' in answer) return refuse(file.locate(answer.faults));
      stdout.write(planText(answer.plan, Boolean(stdout.isTTY) && !env['NO_COLOR']));
      return isEmpty(answer.plan) ? EXIT.same : EXIT.different;
    },
  );
}

/**
 * Asks a control plane what a document would change.
 * @throws Error that says why there is no plan, and no fault of the document either
 */
export async function requestPlan(document: unknown, address: ControlPlaneAddress): Promise<PlanAnswer> {
  const client = new ControlPlaneClient(address);
  const answer = await client.post('/declarations/plan', document, PATIENCE_MS);
  const { status, body, problem } = answer;
  if (!problem && status === 200 && isPlan(body)) return { plan: body };
  if (status === 422 && isFaults(problem?.errors)) return { faults: problem.errors.slice(0, MAX_FAULTS) };
  throw client.refusal(answer, 'a plan');
}

/** Whether everything that is shown of a plan is there. */
function isPlan(body: unknown): body is PlanBody {
  const { create, change, remove, kept, unchanged } = body as Members;
  return (
    Number.isSafeInteger(unchanged) &&
    isListOf(create, (one) => isItem(one) && isText(one['summary'])) &&
    isListOf(remove, isItem) &&
    isListOf(change, isChange) &&
    isListOf(kept, isChange)
  );
}

function isFaults(errors: unknown): errors is readonly FieldFault[] {
  return isListOf(errors, (one) => isText(one['pointer']) && isText(one['detail'])) && errors.length > 0;
}

function isItem({ kind, id }: Members): boolean {
  return isText(kind) && isText(id);
}

function isChange(one: Members): boolean {
  return isItem(one) && isListOf(one['fields'], ({ pointer }) => isText(pointer));
}

function isListOf(list: unknown, is: (one: Members) => boolean): list is readonly Members[] {
  return Array.isArray(list) && list.every((one: unknown) => is(Object(one) as Members));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A plan for people: a line for each thing, and one that sums up. */
function planText({ create, change, remove, kept, unchanged }: PlanBody, inColour: boolean): string {
  const line = (sign: keyof typeof COLOURS, text: string): string =>
    inColour ? `${ESCAPE}${COLOURS[sign]}m${sign} ${text}${ESCAPE}0m` : `${sign} ${text}`;
  const lines = [
    ...create.map(({ kind, id, summary }) => line('+', printable(`${kind} ${id} (${summary})`))),
    ...change.map((changed) => line('~', changeText(changed))),
    ...remove.map(({ kind, id }) => line('-', printable(`${kind} ${id}`))),
    ...kept.map((one) => line('=', `${changeText(one)} (not applied: it registered itself)`)),
  ];
  const total = `${create.length} to create, ${change.length} to change, ${remove.length} to remove, ${unchanged} unchanged`;
  const isDone = create.length + change.length + remove.length === 0;
  const sum = isDone ? `Nothing would change: ${unchanged} unchanged.` : `Plan: ${total}.`;
  return [...lines, sum, ''].join('\n');
}

function changeText({ kind, id, fields }: PlannedChange): string {
  return `${printable(`${kind} ${id}`)}: ${fields.map(fieldText).join(', ')}`;
}

function fieldText({ pointer, from, to }: FieldChange): string {
  const name = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  return `${printable(name)} ${valueText(from)} → ${valueText(to)}`;
}

/** Text needs no quotes unless it would be read wrongly; what controls a terminal is always written out. */
function valueText(value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string' && /^[\p{L}\p{N}<][\p{L}\p{N}\p{P}\p{S}]*$/u.test(value)) return value;
  return printable(JSON.stringify(value));
}
