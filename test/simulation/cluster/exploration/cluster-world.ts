import { clusterGraceMs, type ClusterTimes } from '@vitals/core/cluster';
import { IntervalPolicy } from '@vitals/core/lease';
import { Group } from '../model/group.js';
import { HostClock, type Moment } from '../model/host-clock.js';
import { Instance } from '../model/instance.js';
import type { Surroundings } from '../model/replica.js';
import { PartitionLog } from '../model/partition-log.js';
import type { Rules } from '../model/rules.js';
import { Store } from '../model/store.js';
import { Witness } from './witness.js';

/** Everything in an exploration happens at whole ticks. */
export const TICK_MS = 1_000;
const SESSION_TICKS = 1;
/** Of the world in which time matters. */
const BOUND_MS = 3 * TICK_MS;

export interface WorldSettings {
  readonly times: ClusterTimes;
  /** Beats that are no further apart keep a provider from being called dead, in milliseconds. */
  readonly boundMs: number;
  /** What the leases allow in addition; less than the cluster needs makes silence frequent, and the bound does not hold. */
  readonly graceMs: number;
  readonly rules: Rules;
  /** How often something may go wrong. */
  readonly faults: number;
}

/** Within the fault model nobody whose beats were acknowledged so often is called dead. */
export function settingsFor(times: ClusterTimes, rules: Rules): Omit<WorldSettings, 'faults'> {
  return { times, boundMs: BOUND_MS, graceMs: clusterGraceMs(times), rules };
}

/** Two instances, one partition and two providers, in which everything that can happen is an action. */
export class ClusterWorld implements Moment {
  nowMs = 0;
  readonly log = new PartitionLog();
  readonly group = new Group(1);
  readonly witness: Witness;
  readonly store: Store;
  readonly instances: Instance[];
  /** The provider that beats whenever it likes; the others have stopped. */
  readonly beating: string;
  /** Ticks since it was last heard by the group. */
  readonly unheard = new Map<string, number>();

  constructor(
    readonly settings: WorldSettings,
    readonly names: readonly string[],
    policy: IntervalPolicy,
  ) {
    this.beating = names[0] as string;
    const states = new Map(names.map((name) => [name, 'Available']));
    const { boundMs, graceMs, times, rules } = settings;
    this.witness = new Witness(this, boundMs, graceMs >= clusterGraceMs(times), states);
    this.store = new Store(this.witness);
    for (const name of names) {
      this.store.states.set(name, 'Available');
      this.witness.beating.set(name, { lastMs: 0, brokeMs: 0 });
    }
    const around: Surroundings = {
      store: this.store,
      logs: [this.log],
      names,
      policy,
      times,
      rules,
      beatMs: TICK_MS,
      toleranceMs: TICK_MS,
    };
    this.instances = ['a', 'b'].map(
      (id, at) => new Instance(id, new HostClock(this, 3_600_000 * at, 5_000 * at), around),
    );
    for (const { id } of this.instances) {
      this.group.join(id);
      this.unheard.set(id, 0);
    }
    this.group.move(0, 'a');
    for (let tick = 0; tick < 3; tick++) {
      this.tick();
      for (const name of names) this.beat(name, 'a');
    }
  }

  of(id: string): Instance {
    return this.instances.find((each) => each.id === id) as Instance;
  }

  get well(): Instance[] {
    return this.instances.filter(({ isWell }) => isWell);
  }

  beat(name: string, id: string): void {
    if (this.of(id).accept(name) !== undefined) this.witness.beats(name);
  }

  /** A tick of a world in which everybody does its work; `isStalled` says what does not happen. */
  tick(isStalled: (what: string, id: string) => boolean = () => false): void {
    const each = (what: string, run: (instance: Instance) => void): void => {
      for (const instance of this.well) if (!isStalled(what, instance.id)) run(instance);
    };
    // a beat waits in its outbox for less than a tick
    each('append', (instance) => instance.append(0));
    this.passTime();
    for (const { id } of this.instances) if (this.isGone(id)) this.group.remove(id);
    each('append', (instance) => instance.append(0));
    each('read', (instance) => instance.read(0));
    each('group', (instance) => this.readAll(instance));
    each('store', (instance) => {
      instance.follow();
      instance.retry(2 * TICK_MS);
      while (instance.requests.length > 0) instance.raise();
      while (instance.answers.length > 0) instance.takeAnswer();
    });
    each('sweep', (instance) => instance.sweep(0));
    each('store', (instance) => instance.commit());
    this.tidy();
  }

  /** Time passes, and every process that runs notices. */
  passTime(): void {
    this.nowMs += TICK_MS;
    for (const instance of this.instances) {
      this.unheard.set(instance.id, instance.isWell ? 0 : (this.unheard.get(instance.id) as number) + 1);
      if (!instance.isWell) continue;
      instance.tick();
      instance.mark();
    }
  }

  private isGone(id: string): boolean {
    return (this.unheard.get(id) as number) >= SESSION_TICKS;
  }

  readAll(instance: Instance): void {
    while (this.group.hasNews(instance.id)) this.readGroup(instance);
  }

  readGroup(instance: Instance): void {
    const event = this.group.next(instance.id);
    if (event) instance.onGroup(event);
    if (event?.kind === 'expelled') this.group.join(instance.id);
  }

  /** Forgets what nobody reads any more, so that states that differ in it are one. */
  tidy(): void {
    const alive = this.instances.filter(({ isCrashed }) => !isCrashed);
    if (alive.length === 0) return;
    this.log.trim(Math.min(...alive.map(({ positions }) => positions[0] as number)));
    this.store.trim(Math.min(...alive.map(({ applied }) => applied)));
  }

  violations(): readonly string[] {
    const found = [...this.witness.violations];
    for (const instance of this.instances) {
      if (instance.isCrashed || instance.applied < this.store.end) continue;
      for (const [name, lease] of instance.leases)
        if (lease.state !== this.store.states.get(name))
          found.push(`${instance.id} believes that ${name} is ${lease.state}, and nobody committed it`);
    }
    return found;
  }
}
