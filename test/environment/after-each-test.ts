const endings: (() => unknown)[] = [];

/**
 * Calls `end` after every test of every file. For modules that tests share: a hook at the top of such a module would
 * hold for the first file of a process only, since the files of a process share their modules.
 */
export function afterEachTest(end: () => unknown): void {
  endings.push(end);
}

/** Ends what the modules of this process have open. */
export async function endTest(): Promise<void> {
  for (const end of endings) await end();
}
