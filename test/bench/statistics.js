/** Least, middle and greatest of some numbers. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

/** Prints rows of spreads under a title, as a table for a terminal. */
export function printTable(title, rows) {
  const lines = rows.map(({ what, unit, digits, values }) => {
    const { min, median, max } = spread(values);
    const show = (value) => value.toFixed(digits).padStart(10);
    return `${what.padEnd(52)}${show(min)}${show(median)}${show(max)}  ${unit}`;
  });
  const heading = `${title.padEnd(52)}${'min'.padStart(10)}${'median'.padStart(10)}${'max'.padStart(10)}`;
  process.stdout.write(`${heading}\n${lines.join('\n')}\n`);
}
