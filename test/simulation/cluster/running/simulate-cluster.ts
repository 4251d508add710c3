import { clusterGraceMs, clusterTimes } from '@vitals/core/cluster';
import { DEFAULT_INTERVALS, IntervalPolicy } from '@vitals/core/lease';
import { Engine } from '../../engine/engine.js';
import { Random } from '../../engine/random.js';
import { Network } from '../../network/network.js';
import { Group } from '../model/group.js';
import { HostClock } from '../model/host-clock.js';
import { Instance } from '../model/instance.js';
import type { Surroundings } from '../model/replica.js';
import { PartitionLog } from '../model/partition-log.js';
import { ALL_RULES, type Rules } from '../model/rules.js';
import { Store } from '../model/store.js';
import { ClusterFaults } from './cluster-faults.js';
import { type ClusterFinding, Oracle } from './oracle.js';
import { RunningInstance } from './running-instance.js';
import type { ClusterScenario } from './scenario.js';
import { SimulatedProvider } from './simulated-provider.js';

const HOUR_MS = 3_600_000;
/** Outages are over after this time, and what was sent before has arrived. */
const OUTAGES_MS = 120_000;
/** A provider that comes back does so after this time at the latest. */
const MAX_AWAY_MS = 180_000;

/** What one simulation came to. */
export interface ClusterOutcome {
  readonly findings: readonly ClusterFinding[];
  readonly providerHours: number;
  readonly beats: number;
  readonly transitions: number;
  readonly takeovers: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly detectionsMs: readonly number[];
}

/** A cluster in virtual time. */
export class SimulatedCluster {
  readonly engine = new Engine();
  readonly random: Random;
  readonly running: RunningInstance[] = [];
  readonly providers = new Map<string, SimulatedProvider>();
  readonly weather = { isLogAway: false };
  readonly oracle: Oracle;
  readonly around: Surroundings;
  readonly group: Group;
  /** Faults are over, and everything has settled: outages, and twice what may pass until a crash is found. */
  readonly settledMs: number;
  private born = 0;

  constructor(
    readonly scenario: ClusterScenario,
    rules: Rules,
  ) {
    const { seed, partitions, instances } = scenario;
    this.random = new Random(seed);
    this.group = new Group(partitions);
    const times = clusterTimes(instances, partitions, scenario.sessionMs);
    const graceMs = DEFAULT_INTERVALS.graceMs + clusterGraceMs(times);
    const names = Array.from({ length: scenario.providers }, (_, at) => `provider-${at}`);
    const policy = new IntervalPolicy(
      { ...DEFAULT_INTERVALS, baseMs: scenario.baseMs, graceMs },
      this.random.next,
    );
    const boundMs = policy.detectionBoundMs(policy.allowedSilenceMs(policy.longestMs(1)));
    this.settledMs = OUTAGES_MS + MAX_AWAY_MS + 2 * boundMs;
    this.oracle = new Oracle(this.engine, this.providers, OUTAGES_MS + boundMs);
    this.around = {
      store: new Store(this.oracle),
      logs: Array.from({ length: partitions }, () => new PartitionLog()),
      names,
      policy,
      times,
      rules,
      beatMs: 200,
      toleranceMs: 250,
    };
    const network = new Network(scenario, this.random);
    const { retries, roams } = scenario;
    for (const name of names) {
      const parts = [name, this.engine, this.random, network, this, retries, roams] as const;
      this.providers.set(name, new SimulatedProvider(...parts));
    }
  }

  boot(): RunningInstance {
    const hour = this.random.integer(-HOUR_MS, HOUR_MS);
    const clock = new HostClock(this.engine, hour, this.random.integer(0, HOUR_MS));
    const instance = new Instance(`i${this.born++}`, clock, this.around);
    const running = new RunningInstance(
      instance,
      this.engine,
      this.random,
      this.around,
      this.group,
      this.weather,
    );
    this.running.push(running);
    return running;
  }

  /** Gives up who was not heard for a session, and forgets what everybody has read. */
  watch(): void {
    for (const { instance, lastHeardMs } of this.running)
      if (this.engine.nowMs - lastHeardMs > this.scenario.sessionMs) this.group.remove(instance.id);
    for (const gone of this.running.filter(({ instance }) => instance.isCrashed)) {
      if (!this.group.members.includes(gone.instance.id)) this.running.splice(this.running.indexOf(gone), 1);
    }
    const alive = this.running.filter(({ instance }) => !instance.isCrashed);
    this.around.logs.forEach((log, partition) =>
      log.trim(Math.min(log.end, ...alive.map(({ instance }) => instance.positions[partition] as number))),
    );
    this.around.store.trim(Math.min(this.around.store.end, ...alive.map(({ instance }) => instance.applied)));
    this.engine.at(this.engine.nowMs + 1_000, () => this.watch());
  }

  /** In the end everybody is what it is, and every copy knows. */
  finish(): void {
    for (const [name, { isAlive }] of this.providers) {
      const state = this.around.store.states.get(name) ?? 'Unknown';
      if (state !== (isAlive ? 'Available' : 'Unavailable'))
        this.oracle.report(isAlive ? 'alive, and not available in the end' : 'dead, and not found', name);
      for (const { instance } of this.running)
        if (!instance.isCrashed && instance.leases.get(name)?.state !== state)
          this.oracle.report('a copy differs in the end', name);
    }
  }
}

/** Runs a scenario from its seed: the same seed and rules, the same outcome. */
export function simulateCluster(scenario: ClusterScenario, rules: Partial<Rules> = {}): ClusterOutcome {
  const cluster = new SimulatedCluster(scenario, { ...ALL_RULES, ...rules });
  const { engine, oracle, providers } = cluster;
  for (let count = 0; count < scenario.instances; count++) cluster.boot();
  cluster.watch();
  engine.runUntil(3_000);
  for (const provider of providers.values()) provider.start();
  const endMs = scenario.minutes * 60_000;
  const faults = new ClusterFaults(cluster, endMs);
  faults.start();
  engine.runUntil(endMs + cluster.settledMs);
  cluster.finish();
  return {
    findings: oracle.findings,
    providerHours: (providers.size * scenario.minutes) / 60,
    beats: [...providers.values()].reduce((sum, { accepted }) => sum + accepted, 0),
    transitions: oracle.transitions,
    takeovers: oracle.takeovers,
    faults: faults.counts,
    detectionsMs: oracle.detectionsMs,
  };
}
