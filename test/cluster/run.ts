import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { LocalCluster } from './launch/cluster.js';
import { readCommands } from './launch/commands.js';
import { guideTo } from './launch/guide.js';
import type { Instance } from './launch/instance.js';
import { Observer } from './launch/observer.js';
import { type LaunchOptions, readCommandLine } from './launch/options.js';

/** A cluster on this machine, for whoever wants to see one: `npm run cluster -- --help`. */
const RESTART_AFTER_MS = 3_000;

const commandLine = readCommandLine(process.argv.slice(2));
if ('options' in commandLine) process.exitCode = await run(commandLine.options);
else {
  process.stdout.write(commandLine.text);
  process.exitCode = commandLine.code;
}

async function run({ instances, port, dataFolder, restarts, forMs }: LaunchOptions): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const authorization = authorizationOf(process.env);
  const isAsked = process.stdin.isTTY;
  const cluster = new LocalCluster({
    instances,
    port,
    dataFolder,
    environment: settingsIn(process.env),
    log: tell,
    onDeath: (instance, how) => {
      tell(`${instance.name} ended: ${how}${isAsked && !restarts ? '; press Enter to start it again' : ''}`);
      if (restarts) void restart(instance);
    },
    onReadiness: (instance, isReady, reason) =>
      tell(`${instance.name} ${isReady ? 'gets' : 'no longer gets'} requests: it ${reason}`),
  });
  const restart = async (instance: Instance): Promise<void> => {
    await wait(RESTART_AFTER_MS);
    if (!stopping.signal.aborted)
      await cluster.startOne(instance).catch((error: unknown) => tell((error as Error).message));
  };
  const aborted = once(stopping.signal, 'abort');
  let code = 0;
  let observer: Observer | undefined;
  let close = (): void => undefined;
  try {
    await Promise.race([cluster.start(), aborted]);
    if (!stopping.signal.aborted) {
      process.stdout.write(`${guideTo(cluster, authorization, isAsked)}\n`);
      observer = new Observer(cluster, authorization, tell);
      void observer.run();
      if (isAsked) close = readCommands(cluster, tell, stop);
      if (forMs !== undefined) void wait(forMs, undefined, { ref: false }).then(stop);
      await aborted;
    }
  } catch (error) {
    tell((error as Error).message);
    code = 1;
  }
  close();
  observer?.stop();
  tell('stopping everything');
  await cluster.stop();
  return code;
}

function tell(line: string): void {
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
}

/** What the control planes are to have of this environment. */
function settingsIn(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => /^VITALS_|^LOG_LEVEL$/.test(name));
  return Object.fromEntries(entries) as Record<string, string>;
}

function authorizationOf({ VITALS_ADMIN_TOKEN: token }: NodeJS.ProcessEnv): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}
