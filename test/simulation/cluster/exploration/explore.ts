import { copyOf, fingerprintOf, type Shared } from './graph.js';

/** A world that can be explored: it says what may happen, and has it happen. */
export interface Explorable {
  /** What may happen now, always in the same order. */
  actions(): readonly string[];
  perform(action: string): void;
  /** What is wrong with this state, and with what led to it. */
  violations(): readonly string[];
}

export interface Violation {
  readonly what: string;
  /** The actions that lead to it, shortest first. */
  readonly path: readonly string[];
}

export interface Exploration {
  /** Different states, the first one included. */
  readonly states: number;
  /** Actions performed. */
  readonly transitions: number;
  /** All sequences of so many actions were performed, up to the state that they lead to. */
  readonly depth: number;
  readonly violations: readonly Violation[];
}

export interface Limits {
  readonly depth: number;
  /** Ends with the depth that is complete then. */
  readonly maxTransitions?: number;
  /** Ends with the first violation. */
  readonly stopAtFirst?: boolean;
  /** Looks into the future of every so manieth state. */
  readonly futureEvery?: number;
}

/** The way to a state. */
interface Path {
  readonly action: string;
  readonly before: Path | undefined;
}

function actionsOf(path: Path | undefined): string[] {
  const actions: string[] = [];
  for (let step = path; step; step = step.before) actions.push(step.action);
  return actions.reverse();
}

/**
 * Performs every sequence of actions up to a depth, breadth first, from a world that `begin` makes; a state that was met
 * before is not followed again. A frontier holds paths, not worlds: each is walked once more when it is continued.
 * @param future violations of what must come in the end, from a copy of a state
 */
export function explore<W extends Explorable>(
  begin: () => W,
  shared: Shared,
  { depth, maxTransitions = Number.POSITIVE_INFINITY, stopAtFirst = true, futureEvery = 1 }: Limits,
  future: (copy: W) => readonly string[] = () => [],
): Exploration {
  const known = new Set<string>();
  const violations: Violation[] = [];
  let transitions = 0;
  let frontier: (Path | undefined)[] = [undefined];
  let done = 0;
  const visit = (world: W, path: Path | undefined): boolean => {
    const print = fingerprintOf(world, shared);
    if (known.has(print)) return false;
    known.add(print);
    const found = [...world.violations()];
    if (found.length === 0 && known.size % futureEvery === 0) found.push(...future(copyOf(world, shared)));
    for (const what of found) violations.push({ what, path: actionsOf(path) });
    return found.length === 0;
  };
  visit(begin(), undefined);
  for (; done < depth && frontier.length > 0; done++) {
    const next: Path[] = [];
    for (const path of frontier) {
      if (transitions >= maxTransitions || (stopAtFirst && violations.length > 0))
        return { states: known.size, transitions, depth: done, violations };
      const world = begin();
      for (const action of actionsOf(path)) world.perform(action);
      for (const action of world.actions()) {
        const copy = copyOf(world, shared);
        copy.perform(action);
        transitions++;
        const longer = { action, before: path };
        if (visit(copy, longer)) next.push(longer);
      }
    }
    frontier = next;
  }
  return { states: known.size, transitions, depth: done, violations };
}
