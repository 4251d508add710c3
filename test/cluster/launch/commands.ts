import { createInterface } from 'node:readline';
import type { LocalCluster } from './cluster.js';
import type { Instance } from './instance.js';

const HELP =
  'commands: kill N, stop N, pause N, resume N, start N (or Enter for all that ended), kafka|postgres kill|hang|resume|start, quit, help';

/** Reads commands for the processes of a cluster from the terminal. @param end is called by `quit` */
export function readCommands(
  cluster: LocalCluster,
  tell: (line: string) => void,
  end: () => void,
): () => void {
  const lines = createInterface({ input: process.stdin });
  const run = async (line: string): Promise<void> => {
    const [verb = '', object = ''] = line.trim().toLowerCase().split(/\s+/);
    if (verb === 'quit' || verb === 'q') return end();
    if (verb === '') return startEnded(cluster);
    if (verb === 'kafka' || verb === 'postgres') return serve(cluster, verb, object);
    const instance = cluster.instances[Number(object) - 1];
    const act = ACTIONS[verb];
    if (!act || !instance) return tell(act ? `there is no instance "${object}"` : HELP);
    await act(instance, cluster);
  };
  lines.on('line', (line) => {
    run(line).catch((error: unknown) => tell((error as Error).message));
  });
  return () => lines.close();
}

const ACTIONS: Readonly<
  Record<string, (instance: Instance, cluster: LocalCluster) => Promise<unknown> | void>
> = {
  kill: (instance) => instance.kill(),
  stop: (instance) => instance.stop(),
  pause: (instance) => instance.signal('SIGSTOP'),
  resume: (instance) => instance.signal('SIGCONT'),
  start: (instance, cluster) => cluster.startOne(instance),
};

async function startEnded(cluster: LocalCluster): Promise<void> {
  const ended = cluster.instances.filter(({ isRunning }) => !isRunning);
  await Promise.all(ended.map((instance) => cluster.startOne(instance)));
}

async function serve(cluster: LocalCluster, name: 'kafka' | 'postgres', verb: string): Promise<void> {
  const service = cluster[name];
  if (verb === 'kill') await service.kill();
  else if (verb === 'hang') await service.hang();
  else if (verb === 'resume') service.resume();
  else if (verb === 'start') await service.start();
  else throw new Error(HELP);
}
