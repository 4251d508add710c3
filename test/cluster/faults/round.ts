import { setTimeout as wait } from 'node:timers/promises';
import { Load, type Result } from '../load/load.js';
import type { Fault, Scene } from './fault.js';
import { ADMIN_TOKEN, REGISTRATION_TOKEN, type TestedCluster } from './tested.cluster.js';

/** How large a load is. */
export interface Size {
  readonly providers: number;
  readonly checkedServices: number;
  readonly reportingServices: number;
  /** How many providers die, three times: before, within and after the fault. */
  readonly deaths: number;
}

/** What one run of a fault came to. */
export interface Round extends Result {
  readonly fault: string;
  /** From the end of the fault until every instance was ready, in milliseconds. */
  readonly resumedMs: number;
}

const INTERVAL_MS = 2_000;
/** A beat may be missed thrice, and a second is added: no provider may be marked before, whatever a cluster adds. */
const DEADLINE_MS = 3 * 1_000 + 1_000;
/** The bound that is told at these settings (17.1 s), a session in which an owner is found dead, and a takeover. */
const BOUND_MS = 17_100 + 6_000 + 3_000;
const CALM_MS = 3_000;

/** Runs a fault under load on a cluster that is whole, and judges what the cluster decided meanwhile. */
export async function runRound(
  fault: Fault,
  prefix: string,
  cluster: TestedCluster,
  size: Size,
  otherVersion: string | undefined,
  log: (line: string) => void,
): Promise<Round> {
  const load = new Load({
    ...size,
    prefix,
    port: cluster.local.balancer.port,
    adminToken: ADMIN_TOKEN,
    registrationToken: REGISTRATION_TOKEN,
    deadlineMs: DEADLINE_MS,
    boundMs: BOUND_MS,
    log,
  });
  const scene: Scene = { cluster, load, deaths: size.deaths, otherVersion };
  await load.start();
  await wait(CALM_MS);
  load.kill(size.deaths);
  log('the fault happens');
  const beganMs = performance.now();
  await fault.happen(scene);
  log('the fault is over');
  const healedMs = performance.now();
  const startingMs = Math.max(0, healedMs - beganMs - (fault.awayMs ?? Number.POSITIVE_INFINITY));
  let didResume = '';
  const resumedMs = await cluster.whole().catch((error: unknown) => {
    didResume = (error as Error).message;
    return Number.POSITIVE_INFINITY;
  });
  load.kill(size.deaths);
  await load.settle(Math.max(healedMs, performance.now()));
  log('judging');
  const ports = cluster.instances.filter(({ isRunning }) => isRunning).map(({ port }) => port);
  const result = await load.finish(ports, 2 * INTERVAL_MS + fault.gapMs + startingMs);
  const findings = didResume ? [didResume, ...result.findings] : result.findings;
  return { fault: fault.name, ...result, findings, resumedMs: Math.round(resumedMs) };
}
