import type { ClusterTimes } from '@vitals/core/cluster';
import { IntervalPolicy } from '@vitals/core/lease';
import { ALL_RULES, type Rules } from '../model/rules.js';
import { type ClusterWorld, settingsFor, TICK_MS, type WorldSettings } from './cluster-world.js';
import { type Exploration, explore, type Limits } from './explore.js';
import { copyOf } from './graph.js';
import { ProtocolWorld } from './protocol-world.js';
import { TimeWorld } from './time-world.js';

const NAMES = ['p', 'q'];

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

/** What is explored: which world, and what has happened in it when the exploration begins. */
export interface Subject {
  readonly name: string;
  readonly world: 'protocol' | 'time';
  /** How often something goes wrong, in the world of time. */
  readonly faults: number;
  readonly before: readonly string[];
}

/** Both were assigned, one after the other, and neither has asked the store yet; the one that owns it now asks first, or last. */
const TWO_REQUESTS = ['move a', 'group a', 'group b', 'move b', 'group b', 'group a'];
const OVERTAKEN = ['tick', 'sweep a', 'pause a', 'expire a', 'group b', 'group b'];

export const SUBJECTS: readonly Subject[] = [
  { name: 'an owner that judges', world: 'protocol', faults: 0, before: [] },
  {
    name: 'an owner that decided, and gives its partition up',
    world: 'protocol',
    faults: 0,
    before: ['tick', 'sweep a', 'move a'],
  },
  {
    name: 'an owner that was stopped after it decided, and given up',
    world: 'protocol',
    faults: 0,
    before: OVERTAKEN,
  },
  {
    name: 'two requests for the epoch, one of an assignment that is gone',
    world: 'protocol',
    faults: 0,
    before: TWO_REQUESTS,
  },
  { name: 'beats and silence with one fault', world: 'time', faults: 1, before: [] },
  { name: 'beats and silence with two faults', world: 'time', faults: 2, before: [] },
];

/** Explores a subject, with the rules of the product or with some taken away. */
export function exploreSubject(subject: Subject, limits: Limits, rules: Partial<Rules> = {}): Exploration {
  const own = { ...ALL_RULES, ...rules };
  const settings: WorldSettings =
    subject.world === 'time'
      ? { ...settingsFor(TIMES, own), faults: subject.faults }
      : { times: PROTOCOL_TIMES, boundMs: TICK_MS, graceMs: 0, rules: own, faults: 0 };
  const { boundMs: baseMs, graceMs } = settings;
  const intervals = { baseMs, missedBeats: 1, graceMs, maxHeartbeatsPerSecond: 20_000 };
  const policy = new IntervalPolicy(intervals, () => 0.5);
  const shared = new Set<object>([policy, settings, settings.rules, settings.times, NAMES]);
  const World = subject.world === 'time' ? TimeWorld : ProtocolWorld;
  const first = new World(settings, NAMES, policy);
  for (const action of subject.before) first.perform(action);
  return explore(() => copyOf(first as TimeWorld | ProtocolWorld, shared), shared, limits, endsWell);
}
