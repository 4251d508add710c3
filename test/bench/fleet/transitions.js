import { setTimeout as sleep } from 'node:timers/promises';

const PAGE = 1_000;
const LONGEST_WAIT_MS = 120_000;

/** What happened after a sequence number, read to the end. */
export async function transitionsSince(server, since) {
  const all = [];
  for (let next = since; ;) {
    const { transitions, next_since } = await server.call('GET', `/transitions?since=${next}&limit=${PAGE}`);
    all.push(...transitions);
    if (transitions.length === 0) return all;
    next = next_since;
  }
}

/** When the deadline of every provider passes, in milliseconds of the wall clock, by name. */
export async function deadlinesOf(server) {
  const deadlines = new Map();
  for (let token = ''; token !== undefined;) {
    const page = await server.call(
      'GET',
      `/provider-status?max_page_size=${PAGE}${token && `&page_token=${token}`}`,
    );
    for (const { name, deadline_at } of page.providers) deadlines.set(name, Date.parse(deadline_at));
    token = page.next_page_token;
  }
  return deadlines;
}

/** Throws unless each of `names` became Unavailable exactly once, and nothing else happened to providers. */
export function assertEachExpiredOnce(transitions, names) {
  const subjects = new Set(transitions.map(({ subject }) => subject));
  const others = transitions.filter(({ subject, to }) => to !== 'Unavailable' || !names.has(subject));
  if (others.length > 0) throw new Error(`not an expiry: ${JSON.stringify(others[0])}`);
  if (subjects.size !== names.size || transitions.length !== names.size) {
    throw new Error(
      `${names.size} providers fell silent; ${transitions.length} transitions of ${subjects.size}`,
    );
  }
}

/** Asks again and again, `everyMs` after each answer, until `ask` returns something. */
export async function until(everyMs, ask) {
  const endMs = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`nothing came within ${LONGEST_WAIT_MS} ms`);
    await sleep(everyMs);
  }
}
