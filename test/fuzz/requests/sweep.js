import { HOSTILE_VALUES } from './hostile.js';

/**
 * One member of one body, and a value that it should not have: every member of every body meets every value once,
 * in an order of chance.
 */
export function sweepOf(bodies, random) {
  const steps = bodies.flatMap(({ at, content }) =>
    placesIn(content).flatMap((place) => HOSTILE_VALUES.map((value) => ({ at, content, place, value }))),
  );
  for (let last = steps.length - 1; last > 0; last--) {
    const other = random.whole(0, last);
    [steps[last], steps[other]] = [steps[other], steps[last]];
  }
  return steps;
}

/** The body of a step. */
export function swept({ content, place, value }) {
  const body = structuredClone(content);
  let holder = body;
  for (const key of place.slice(0, -1)) holder = holder[key];
  holder[place.at(-1)] = value;
  return body;
}

/** The first item of a list stands for all, and two amounts for all that are written alike. */
function placesIn(value, path = []) {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value).filter(([key]) => !/^(?:[1-9]\d*|total_.*|storage|node)$/.test(key));
  return entries.flatMap(([key, child]) => [[...path, key], ...placesIn(child, [...path, key])]);
}
