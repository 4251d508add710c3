import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isEmpty } from '../planning/plan.js';
import { describeFaults, type FileFault, readDeclarationsFile } from '../reading/declarations.file.js';
import { describeUnreadable } from '../watching/watched.file.js';
import { readPlanArguments, USAGE } from './plan.arguments.js';
import { requestPlan } from './plan.request.js';
import { planText, printable } from './plan.text.js';

/** Nothing would change; the file is wrong, or nobody answered; something would change. */
export const EXIT = { same: 0, failed: 1, different: 2 } as const;

/** What the command is given by its process. */
export interface PlanTerminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Prints what a file of declarations would change. Never throws. @returns the exit code */
export async function planCommand(args: readonly string[], terminal: PlanTerminal): Promise<number> {
  const { env, stdout, stderr } = terminal;
  try {
    const given = readPlanArguments(args, env);
    if (!given) {
      stdout.write(USAGE);
      return EXIT.same;
    }
    const { file: path } = given;
    const refuse = (faults: readonly FileFault[]): number => {
      for (const line of describeFaults(path, faults)) stderr.write(`${printable(line)}\n`);
      return EXIT.failed;
    };
    // npm runs scripts in the folder of the package, not where they were called
    const file = await readFile(resolve(env['INIT_CWD'] ?? '', path)).then(
      readDeclarationsFile,
      (error: unknown) => describeUnreadable(error),
    );
    if (typeof file === 'string') return refuse([{ detail: file }]);
    if (file.faults.length > 0) return refuse(file.faults);
    const answer = await requestPlan(file.value, given);
    if ('faults' in answer) return refuse(file.locate(answer.faults));
    stdout.write(planText(answer.plan, Boolean(stdout.isTTY) && !env['NO_COLOR']));
    return isEmpty(answer.plan) ? EXIT.same : EXIT.different;
  } catch (error) {
    stderr.write(`vitals plan: ${printable((error as Error).message)}\n`);
    return EXIT.failed;
  }
}
