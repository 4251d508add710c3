import { setTimeout as wait } from 'node:timers/promises';
import type { Instance } from '../launch/instance.js';
import type { Load } from '../load/load.js';
import type { TestedCluster } from './tested.cluster.js';

/** What a fault is done to. */
export interface Scene {
  readonly cluster: TestedCluster;
  readonly load: Load;
  /** How many providers die at a time. */
  readonly deaths: number;
  /** A built checkout of another version, if one was given. */
  readonly otherVersion: string | undefined;
}

/** Something that happens to a cluster under load. */
export interface Fault {
  readonly name: string;
  /** For people: what is done. */
  readonly title: string;
  /** How much longer than two intervals a check may be left out for it, in milliseconds. */
  readonly gapMs: number;
  /** For how long a server is to be away, which is within `gapMs`: what it takes to start it again is added to that. */
  readonly awayMs?: number;
  /** With how many instances it begins; default 3. */
  readonly instances?: number;
  /** Whether PostgreSQL is to write to a small disk of its own. */
  readonly needsSmallDisk?: boolean;
  /** Why it cannot be done here; `undefined` if it can. */
  readonly impossible?: (otherVersion: string | undefined) => string | undefined;
  /** Before the load begins. */
  readonly prepare?: (cluster: TestedCluster) => Promise<void>;
  /** Does it, and ends it: afterwards everything is to be as before by itself. */
  readonly happen: (scene: Scene) => Promise<void>;
}

/** The time after which the group gives up an instance, in milliseconds. */
export const SESSION_MS = 6_000;
/** What a takeover may take besides. */
export const TAKEOVER_MS = 3_000;
const INTERVAL_MS = 2_000;

/** How long checks may be left out for an instance that dies without a word: a session and one interval. */
export const DEATH_GAP_MS = SESSION_MS + INTERVAL_MS;

/** How long checks may be left out while nothing can be decided for so long. */
export function awayGapMs(lastsMs: number): number {
  return lastsMs + DEATH_GAP_MS + TAKEOVER_MS;
}

/** Lets time pass in which providers die in the middle. */
export async function endure({ load, deaths }: Scene, lastsMs: number): Promise<void> {
  await wait(lastsMs / 2);
  load.kill(deaths);
  await wait(lastsMs / 2);
}

/** Has an instance hang for so long. */
export async function hang(scene: Scene, instance: Instance, lastsMs: number): Promise<void> {
  instance.signal('SIGSTOP');
  await endure(scene, lastsMs);
  instance.signal('SIGCONT');
}

/** Kills an instance, and starts it again after so long. */
export async function killAndRestart(scene: Scene, instance: Instance, awayMs: number): Promise<void> {
  await instance.kill();
  await endure(scene, awayMs);
  await scene.cluster.local.startOne(instance);
}
