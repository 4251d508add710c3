import type { ClusterTimes } from '@vitals/core/cluster';
import { IntervalPolicy } from '@vitals/core/lease';
import { ALL_RULES, type Rules } from '../model/rules.js';
import { ClusterWorld, settingsFor, TICK_MS, type WorldSettings } from './cluster-world.js';
import type { Explorable } from './explore.js';
import { copyOf } from './graph.js';

/** One that beats whenever it likes, and one that has stopped. */
const BEATING = 'p';
const NAMES = [BEATING, 'q'];

/** Of the protocol: every step of every part is an action of its own. */
export class ProtocolWorld extends ClusterWorld implements Explorable {
  private crashes = 1;
  private pauses = 1;
  private moves = 2;
  /** A provider beats once a tick. */
  private readonly beaten = new Set<string>();

  actions(): readonly string[] {
    const actions = ['tick'];
    for (const instance of this.instances) {
      const { id } = instance;
      if (!instance.isWell) {
        if (this.group.members.includes(id)) actions.push(`expire ${id}`);
        if (instance.isPaused && !instance.isCrashed) actions.push(`wake ${id}`);
        continue;
      }
      if (!this.beaten.has(BEATING)) actions.push(`beat ${BEATING} ${id}`);
      if (instance.outboxes[0]?.length) actions.push(`append ${id}`);
      if (this.log.at(instance.positions[0] as number)) actions.push(`read ${id}`);
      if (this.store.at(instance.applied)) actions.push(`follow ${id}`);
      if (this.group.hasNews(id)) actions.push(`group ${id}`);
      if (instance.requests.length > 0) actions.push(`raise ${id}`);
      if (instance.answers.length > 0) actions.push(`answer ${id}`);
      if (instance.retries.length > 0) actions.push(`retry ${id}`);
      if (instance.ownerships[0]?.phase === 'judging') actions.push(`sweep ${id}`);
      if (instance.decisions.length > 0) actions.push(`commit ${id}`);
      if (this.crashes > 0) actions.push(`crash ${id}`);
      if (this.pauses > 0) actions.push(`pause ${id}`);
      if (this.moves > 0 && this.group.owners[0] === id) actions.push(`move ${id}`);
    }
    return actions;
  }

  perform(action: string): void {
    const [verb, ...words] = action.split(' ');
    const id = words.at(-1) as string;
    const instance = this.of(id);
    if (verb === 'tick') {
      this.beaten.clear();
      this.passTime();
    } else if (verb === 'beat') {
      this.beaten.add(words[0] as string);
      this.beat(words[0] as string, id);
    } else if (verb === 'append') instance.append(0);
    else if (verb === 'read') instance.read(0);
    else if (verb === 'follow') instance.follow();
    else if (verb === 'group') this.readGroup(instance);
    else if (verb === 'raise') instance.raise();
    else if (verb === 'answer') instance.takeAnswer();
    else if (verb === 'retry') instance.retry(0);
    else if (verb === 'sweep') instance.sweep(0);
    else if (verb === 'commit') instance.commit();
    else if (verb === 'expire') this.group.remove(id);
    else if (verb === 'wake') instance.isPaused = false;
    else if (verb === 'crash') {
      this.crashes--;
      instance.isCrashed = true;
    } else if (verb === 'pause') {
      this.pauses--;
      instance.isPaused = true;
    } else {
      this.moves--;
      this.group.move(0, this.group.members.find((other) => other !== id) ?? id);
    }
    this.tidy();
  }
}

const PARTS = ['append', 'read', 'store'];

/** Of time: in each tick everybody does its work, but for what is stalled; and a provider may beat, through either instance. */
export class TimeWorld extends ClusterWorld implements Explorable {
  private readonly stalled = new Set<string>();
  private faults = Number(process.env['F'] ?? 1);

  actions(): readonly string[] {
    const actions = ['tick'];
    for (const instance of this.instances) {
      const { id } = instance;
      if (instance.isPaused && !instance.isCrashed) actions.push(`wake ${id}`);
      for (const part of PARTS) if (this.stalled.has(`${part} ${id}`)) actions.push(`resume ${part} ${id}`);
      if (!instance.isWell) continue;
      actions.push(`tick ${id}`);
      if (this.faults === 0) continue;
      for (const part of PARTS) if (!this.stalled.has(`${part} ${id}`)) actions.push(`stall ${part} ${id}`);
      if (this.well.length === 2) actions.push(`crash ${id}`, `pause ${id}`);
    }
    return actions;
  }

  perform(action: string): void {
    const [verb, ...words] = action.split(' ');
    const [id] = words.slice(-1);
    if (verb === 'tick') {
      this.tick((what, of) => this.stalled.has(`${what} ${of}`));
      if (id !== undefined) this.beat(BEATING, id);
      return;
    }
    const instance = this.of(id as string);
    const what = words.join(' ');
    if (verb === 'resume') this.stalled.delete(what);
    else if (verb === 'wake') instance.isPaused = false;
    else {
      this.faults--;
      if (verb === 'crash') instance.isCrashed = true;
      else if (verb === 'pause') instance.isPaused = true;
      else this.stalled.add(what);
    }
  }
}

/** So many ticks without faults settle everything. */
const SETTLED_TICKS = 16;

/**
 * What must come in the end, from any state, once faults are over: whoever is silent is found, and once it beats again it
 * is available, as long as one instance lives.
 */
export function endsWell(world: ClusterWorld): readonly string[] {
  for (const instance of world.instances) instance.isPaused = false;
  const [front] = world.well;
  if (!front) return [];
  for (let tick = 0; tick < SETTLED_TICKS; tick++) world.tick();
  const wrong = world.names.filter((name) => world.store.states.get(name) !== 'Unavailable');
  if (wrong.length > 0) return [`${wrong.join(' and ')} silent and never marked`];
  for (let tick = 0; tick < SETTLED_TICKS; tick++) {
    for (const name of world.names) world.beat(name, front.id);
    world.tick();
  }
  const away = world.names.filter((name) => world.store.states.get(name) !== 'Available');
  return away.length > 0 ? [`${away.join(' and ')} beating and not available`] : world.violations();
}

/** Leases so short that silence is found at once, and clocks that wait for nothing: decisions are everywhere. */
const PROTOCOL_TIMES: ClusterTimes = {
  watermarkMs: TICK_MS,
  slackMs: 4 * TICK_MS,
  appendMs: 4 * TICK_MS,
  deadAfterMs: TICK_MS,
};

/** As short as they can be, so that little has to happen until silence is found. */
const TIMES: ClusterTimes = {
  watermarkMs: TICK_MS,
  slackMs: TICK_MS,
  appendMs: 0,
  deadAfterMs: TICK_MS,
};

/** How a world is begun, and what its copies share. */
export interface Beginning<W> {
  readonly begin: () => W;
  readonly shared: ReadonlySet<object>;
}

function beginning<W>(
  World: new (settings: WorldSettings, names: readonly string[], policy: IntervalPolicy) => W,
  settings: WorldSettings,
): Beginning<W> {
  const { boundMs, graceMs } = settings;
  const policy = new IntervalPolicy(
    { baseMs: boundMs, missedBeats: 1, graceMs, maxHeartbeatsPerSecond: 20_000 },
    () => 0.5,
  );
  const shared = new Set<object>([policy, settings, settings.rules, settings.times, NAMES]);
  const first = new World(settings, NAMES, policy);
  return { begin: () => copyOf(first as object, shared) as W, shared };
}

export function protocolWorld(rules: Partial<Rules> = {}): Beginning<ProtocolWorld> {
  const own = { ...ALL_RULES, ...rules };
  return beginning(ProtocolWorld, { times: PROTOCOL_TIMES, boundMs: TICK_MS, graceMs: 0, rules: own });
}

export function timeWorld(rules: Partial<Rules> = {}): Beginning<TimeWorld> {
  return beginning(TimeWorld, settingsFor(TIMES, { ...ALL_RULES, ...rules }));
}
