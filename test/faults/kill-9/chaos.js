const TICK_MS = 20;
const PHASES = ['Starting', 'Ready', 'NotReady', 'Draining', 'Maintenance'];
/** Of one beat. */
const PHASE_CHANGES = 0.02;
/** What else happens, per second. */
const PER_SECOND = {
  register: 3,
  remove: 2,
  registerAgain: 8,
  inform: 20,
  cordon: 8,
  rotate: 8,
  die: 2,
  comeBack: 8,
  readLog: 2,
};

/** Lets a fleet live: it beats at a rate, and things happen to it at random. */
export class Chaos {
  #running = new Set();
  #next = 0;
  #owed = 0;
  #created = 0;
  /** Nothing happens but beats. */
  calm = false;

  constructor(ledger, actions, { rate, seed }) {
    Object.assign(this, { ledger, actions, rate, seed });
  }

  start() {
    this.timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Resolves when nothing is under way any more. */
  async stop() {
    clearInterval(this.timer);
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #tick() {
    const all = [...this.ledger.providers.values()];
    this.#owed = Math.min(this.#owed + (this.rate * TICK_MS) / 1_000, this.rate / 5);
    for (let looked = 0; this.#owed >= 1 && looked < all.length; looked++) {
      const provider = all[this.#next++ % all.length];
      if (!provider.beating || provider.busy) continue;
      this.#owed--;
      this.#run(provider, 'busy', () => this.actions.beat(provider, this.#phaseOf(provider)));
    }
    for (const provider of all) this.#mend(provider);
    if (this.calm) return;
    for (const [what, perSecond] of Object.entries(PER_SECOND)) {
      if (this.#random() < (perSecond * TICK_MS) / 1_000) this[what](all);
    }
  }

  /** What got no answer is tried again at once. */
  #mend(provider) {
    const { stored, token, removing, busy } = provider;
    if (busy) return;
    if (removing) {
      if (stored !== 'no') this.#run(provider, 'busy', () => this.actions.remove(provider));
    } else if (stored !== 'yes' || token === undefined)
      this.#run(provider, 'busy', () => this.actions.register(provider));
  }

  register() {
    this.ledger.add(`born-${this.#created++}`);
  }

  remove(all) {
    const provider = this.#pick(all, ({ beating, busy, ordered }) => beating && !busy && !ordered);
    if (provider) this.#run(provider, 'busy', () => this.actions.remove(provider));
  }

  registerAgain(all) {
    const provider = this.#pick(all, ({ beating, busy, ordered }) => beating && !busy && !ordered);
    if (!provider) return;
    provider.ordered = true;
    this.#run(provider, 'busy', () =>
      this.actions.registerAgain(provider).finally(() => (provider.ordered = false)),
    );
  }

  inform(all) {
    const provider = this.#pick(all, ({ beating, busy }) => beating && !busy);
    const cpu = 1 + Math.floor(this.#random() * 1_000);
    if (provider) this.#run(provider, 'busy', () => this.actions.inform(provider, cpu));
  }

  /** While it beats. */
  cordon(all) {
    const provider = this.#pick(all, ({ beating, ordered }) => beating && !ordered);
    const cordoned = this.#random() < 0.5;
    if (provider) this.#run(provider, 'ordered', () => this.actions.cordon(provider, cordoned));
  }

  /** While it beats. */
  rotate(all) {
    const provider = this.#pick(all, ({ beating, ordered }) => beating && !ordered);
    if (provider) this.#run(provider, 'ordered', () => this.actions.rotate(provider));
  }

  /** Only one that was heard: it dies between two beats. */
  die(all) {
    const provider = this.#pick(all, ({ beating, busy, state }) => beating && !busy && state === 'Available');
    if (!provider) return;
    provider.dead = true;
    provider.deaths++;
    this.ledger.counts['real deaths']++;
  }

  /** Once its death was found. */
  comeBack(all) {
    const provider = this.#pick(all, ({ dead, deaths, found }) => dead && deaths === found);
    if (provider) provider.dead = false;
  }

  readLog() {
    if (this.reading) return;
    this.reading = true;
    const reading = this.actions.readLog().finally(() => {
      this.reading = false;
      this.#running.delete(reading);
    });
    this.#running.add(reading);
  }

  #run(provider, lock, act) {
    provider[lock] = true;
    const running = act().finally(() => {
      provider[lock] = false;
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #phaseOf({ phase }) {
    const last = phase.possible.at(-1) ?? 'Ready';
    return this.#random() < PHASE_CHANGES ? PHASES[Math.floor(this.#random() * PHASES.length)] : last;
  }

  #pick(all, suits) {
    const start = Math.floor(this.#random() * all.length);
    for (let index = 0; index < all.length; index++) {
      const provider = all[(start + index) % all.length];
      if (suits(provider)) return provider;
    }
    return undefined;
  }

  /** Mulberry32: the same for one seed. */
  #random() {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
