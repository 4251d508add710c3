import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN } from '../../bench/support/servers.js';
import { Actions } from './actions.js';
import { Chaos } from './chaos.js';
import { Ledger } from './ledger.js';
import { Requests } from './requests.js';

// The fleet, in a process of its own: it does as it is ordered, and answers each order once.
const ledger = new Ledger();
const requests = new Requests();
const actions = new Actions(ledger, requests);
const LONGEST_SEARCH_MS = 30_000;
let chaos;
let beatsBefore = 0;

const ORDERS = {
  connect: ({ port }) => requests.connect(port),
  /** Registers the fleet, and lets it go. */
  async begin({ rate, providers, seed }) {
    for (let index = 0; index < providers; index += 50) {
      const some = Array.from({ length: Math.min(50, providers - index) }, (_, at) =>
        ledger.add(`kill-${index + at}`),
      );
      await Promise.all(some.map((provider) => actions.register(provider)));
    }
    chaos = new Chaos(ledger, actions, { rate, seed });
    chaos.start();
  },
  /** The control plane was killed. */
  async down() {
    requests.close();
    await chaos.stop();
    const beats = ledger.counts['beats acknowledged'] - beatsBefore;
    beatsBefore += beats;
    const { unanswered } = requests;
    requests.unanswered = 0;
    return { beats, unanswered };
  },
  /** It is back: first is looked at what it knows, then the fleet goes on. */
  async up() {
    ledger.compare(await readAll());
    await actions.readLog();
    chaos.start();
    return { violations: ledger.violations.length };
  },
  /** From now on the fleet only beats; resolves when every death was found. */
  async calm() {
    chaos.calm = true;
    const endMs = performance.now() + LONGEST_SEARCH_MS;
    const isSought = ({ stored, deaths, found }) => stored === 'yes' && deaths > found;
    while ([...ledger.providers.values()].some(isSought) && performance.now() < endMs) {
      await sleep(200);
      await actions.readLog();
    }
    for (const provider of ledger.providers.values())
      if (isSought(provider)) ledger.violate(`${provider.name} is dead, and nobody found it`);
  },
  /** The last comparisons: the whole log is read again, and tokens that ended are shown. */
  async report() {
    await chaos.stop();
    await actions.readLog();
    const { log } = ledger;
    const again = await actions.transitionsSince(0);
    if (JSON.stringify(again.slice(0, log.length)) !== JSON.stringify(log))
      ledger.violate('the log tells something else than it told before');
    await actions.showEndedTokens();
    return { counts: ledger.counts, violations: ledger.violations };
  },
};

async function readAll() {
  const listed = [];
  let after = '';
  for (;;) {
    const path = `/providers?max_page_size=1000${after && `&page_token=${after}`}`;
    const { body } = await requests.ask('GET', path, ADMIN_TOKEN);
    listed.push(...body.providers);
    if (!body.next_page_token) return listed;
    after = body.next_page_token;
  }
}

process.on('message', ({ order, ...about }) => {
  Promise.resolve(ORDERS[order](about)).then(
    (answer) => process.send({ ...answer }),
    (error) => process.send({ failure: error.stack }),
  );
});
