import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_EVERY_MS = 200;

/** CPU time that the threads of a process have used, to the nanosecond (Linux: the first field of `schedstat`). */
export function cpuSecondsOf(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e9;
}

/** The same of a process and of all that it has started and that run (Linux). */
export function cpuSecondsOfTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children.reduce((sum, child) => sum + cpuSecondsOfTree(child), cpuSecondsOf(pid));
}

/** What of a process is in memory now, in MiB; `peak` is the most that ever was (proc(5): `VmRSS`, `VmHWM`). */
export function residentMiBOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

/** The most that was in memory of a process at five looks a second while `work` went on, and what `work` gave. */
export async function watchMemory(pid, work) {
  let largestMiB = 0;
  let running = true;
  const look = async () => {
    while (running) {
      largestMiB = Math.max(largestMiB, residentMiBOf(pid).now);
      await sleep(SAMPLE_EVERY_MS);
    }
  };
  const looking = look();
  try {
    return { ...(await work()), largestMiB };
  } finally {
    running = false;
    await looking;
  }
}
