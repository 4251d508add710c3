/** Least, middle and greatest of some numbers. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

/** The value that a share of some numbers does not exceed, by the nearest rank. */
export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/** One member of every measurement, in their order. */
export function pluck(measurements, key) {
  return measurements.map((measurement) => measurement[key]);
}

/**
 * One row of a table: what was measured, one value for every round.
 * @param goal `{ atLeast }` or `{ atMost }` or both, for the median
 */
export function row(what, unit, digits, values, goal) {
  return { what, unit, digits, values, ...(goal && { goal, met: meets(goal, spread(values).median) }) };
}

/** Prints rows of spreads under a title, as a table for a terminal. */
export function printTable(title, rows) {
  const width = Math.max(52, title.length + 2, ...rows.map(({ what }) => what.length + 2));
  const lines = rows.map(({ what, unit, digits, values, goal, met }) => {
    const { min, median, max } = spread(values);
    const show = (value) => value.toFixed(digits).padStart(10);
    const verdict = goal ? `goal ${written(goal)}: ${met ? 'met' : 'MISSED'}` : '';
    return `${what.padEnd(width)}${show(min)}${show(median)}${show(max)}  ${unit.padEnd(6)}${verdict}`.trimEnd();
  });
  const heading = `${title.padEnd(width)}${'min'.padStart(10)}${'median'.padStart(10)}${'max'.padStart(10)}`;
  process.stdout.write(`${heading}\n${lines.join('\n')}\n\n`);
}

function meets({ atLeast = -Infinity, atMost = Infinity }, median) {
  return median >= atLeast && median <= atMost;
}

function written({ atLeast, atMost }) {
  if (atLeast === atMost) return `= ${atLeast}`;
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
