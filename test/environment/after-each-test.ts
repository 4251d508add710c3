const endings: (() => unknown)[] = [];

/** Handlers of SIGTERM that this process had before its first test. */
const handlers = process.listeners('SIGTERM');

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

/** Takes away handlers of SIGTERM that a file has left behind: some apps look whether there is one. */
export function dropHandlers(): void {
  for (const handler of process.listeners('SIGTERM'))
    if (!handlers.includes(handler)) process.off('SIGTERM', handler);
}
