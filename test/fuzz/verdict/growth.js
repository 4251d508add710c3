const MIB = 2 ** 20;

/** What may be more at the end than after the warm-up, with everything removed both times. */
const MOST_GROWTH = { heapUsed: 16 * MIB, external: 8 * MIB, rss: 60 * MIB };
/** A timer of Node's own, or a socket that is being closed, may come and go. */
const MOST_MORE = 4;

/** What grew that should not have. */
export function growthFaults(before, after) {
  const memory = Object.entries(MOST_GROWTH)
    .filter(([kind, most]) => after[kind] - before[kind] > most)
    .map(([kind]) => `${kind} grew from ${mib(before[kind])} to ${mib(after[kind])} MiB`);
  const kinds = Object.keys(after.resources);
  const resources = kinds
    .filter((kind) => after.resources[kind] - (before.resources[kind] ?? 0) > MOST_MORE)
    .map((kind) => `${kind}: ${before.resources[kind] ?? 0} became ${after.resources[kind]}`);
  const more = after.descriptors - before.descriptors > MOST_MORE;
  return [
    ...memory,
    ...resources,
    ...(more ? [`${before.descriptors} open descriptors became ${after.descriptors}`] : []),
  ];
}

/** Both measurements, for people. */
export function tableOf(before, after) {
  const rows = ['rss', 'heapUsed', 'external'].map(
    (kind) => `${kind} ${mib(before[kind])} → ${mib(after[kind])} MiB`,
  );
  const sockets = `sockets ${before.resources['TCPSocketWrap'] ?? 0} → ${after.resources['TCPSocketWrap'] ?? 0}`;
  const handles = `resources ${sum(before.resources)} → ${sum(after.resources)}`;
  return [...rows, sockets, handles, `descriptors ${before.descriptors} → ${after.descriptors}`].join(' · ');
}

function sum(record) {
  return Object.values(record).reduce((total, count) => total + count, 0);
}

function mib(bytes) {
  return (bytes / MIB).toFixed(1);
}
