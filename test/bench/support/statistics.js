/** Least, middle and greatest of some numbers. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

/** The value that a share of some numbers does not exceed, by the nearest rank. */
export function percentile(numbers, share) {
  return rank(Float64Array.from(numbers).sort(), share);
}

/** The percentiles of latencies in milliseconds that are reported. */
export function quantiles(latenciesMs) {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share) => rank(sorted, share);
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}

/** One member of every measurement, in their order. */
export function pluck(measurements, key) {
  return measurements.map((measurement) => measurement[key]);
}

/** Each number of one list, divided by that of the same round of another. */
export function ratios(numbers, others) {
  return numbers.map((number, round) => number / others[round]);
}

/**
 * One row of a table: what was measured, one value for every round.
 * @param goal `{ atLeast }` or `{ atMost }` or both, for the median
 * @param beside a row, or several, of what ran beside it in the same run
 */
export function row(what, unit, digits, values, goal, ...beside) {
  return {
    what,
    unit,
    digits,
    values,
    ...spread(values),
    ...(goal && { goal, met: meets(goal, spread(values).median) }),
    ...(beside.length > 0 && { beside: beside.map((other) => other.what) }),
  };
}

/** A goal as people write it. */
export function written({ atLeast, atMost }) {
  if (atLeast === atMost) return `= ${atLeast}`;
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}

/** Prints rows under a title, as a table for a terminal. */
export function printTable(title, rows) {
  const width = Math.max(52, title.length + 2, ...rows.map(({ what }) => what.length + 2));
  const lines = rows.map(({ what, unit, digits, min, median, max, goal, met }) => {
    const show = (value) => value.toFixed(digits).padStart(10);
    const verdict = goal ? `goal ${written(goal)}: ${met ? 'met' : 'MISSED'}` : '';
    return `${what.padEnd(width)}${show(min)}${show(median)}${show(max)}  ${unit.padEnd(6)}${verdict}`.trimEnd();
  });
  const heading = `${title.padEnd(width)}${'min'.padStart(10)}${'median'.padStart(10)}${'max'.padStart(10)}`;
  process.stdout.write(`${heading}\n${lines.join('\n')}\n\n`);
}

function rank(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function meets({ atLeast = -Infinity, atMost = Infinity }, median) {
  return median >= atLeast && median <= atMost;
}
