/** What may be true: what was acknowledged last, and what was tried since without an answer. */
export class Fact {
  constructor(value) {
    this.possible = [value];
  }

  tried(value) {
    this.possible.push(value);
  }

  acknowledged(value) {
    this.possible = [value];
  }

  allows(value) {
    return this.possible.includes(value);
  }
}

/** A provider, and all that it and its administrator were told about it. */
export class LiveProvider {
  phase = new Fact(null);
  cpu = new Fact(undefined);
  cordoned = new Fact(false);
  generation = new Fact(1);
  /** `undefined` before the first answer to its registration. */
  token;
  /** Tokens that ended when a later one was used. */
  ended = [];
  /** Whether it is in the store: `no`, `maybe` or `yes`. */
  stored = 'no';
  removing = false;
  /** It sends nothing. */
  dead = false;
  /** Silences, and how many of them were found. */
  deaths = 0;
  found = 0;
  /** A request of its own is under way, and one that changes its tokens or orders. */
  busy = false;
  ordered = false;
  /** The state that its last transition led to. */
  state = 'Unknown';

  constructor(name) {
    this.name = name;
  }

  get beating() {
    return this.stored === 'yes' && this.token !== undefined && !this.dead && !this.removing;
  }

  /** A token that it was told; the one before ends when this one is used. */
  takeToken(token) {
    if (this.token !== undefined) this.superseded = this.token;
    this.token = token;
  }

  /** Its newest token was used. */
  tokenUsed(token) {
    if (token !== this.token || this.superseded === undefined) return;
    this.ended.push(this.superseded);
    this.superseded = undefined;
  }
}

/** All providers, and what contradicts them. */
export class Ledger {
  providers = new Map();
  violations = [];
  /** Every transition that was read, in order. */
  log = [];
  counts = {
    'beats acknowledged': 0,
    'phase changes acknowledged': 0,
    'registrations acknowledged': 0,
    'registrations again acknowledged': 0,
    'removals acknowledged': 0,
    'infos acknowledged': 0,
    'cordons acknowledged': 0,
    'token rotations acknowledged': 0,
    'real deaths': 0,
    'deaths found': 0,
    transitions: 0,
    'facts compared': 0,
    'answered 503': 0,
  };

  add(name) {
    const provider = new LiveProvider(name);
    this.providers.set(name, provider);
    return provider;
  }

  violate(text) {
    this.violations.push(text);
  }

  /** Holds what is read after a restart against what was acknowledged; what is read is what holds from now on. */
  compare(listed) {
    const byName = new Map(listed.map((body) => [body.name, body]));
    for (const provider of this.providers.values()) {
      const { name, stored } = provider;
      const body = byName.get(name);
      byName.delete(name);
      if (stored === 'yes' && !body) this.violate(`${name} was acknowledged, and is gone`);
      if (stored === 'no' && body) this.violate(`${name} was removed, and is back`);
      provider.stored = body ? 'yes' : 'no';
      if (!body) continue;
      const { phase, cordoned, generation, capacity } = body;
      for (const [fact, value] of Object.entries({ phase, cordoned, generation, cpu: capacity.cpu })) {
        this.counts['facts compared']++;
        if (!provider[fact].allows(value))
          this.violate(`${name}: ${fact} is ${value}, acknowledged or tried: ${provider[fact].possible}`);
        provider[fact].acknowledged(value);
      }
    }
    for (const name of byName.keys()) this.violate(`${name} was never registered`);
  }

  /** Takes the next transitions of the log: gap-free, each from where the last one led, each for a reason. */
  read(transitions) {
    for (const transition of transitions) {
      const { sequence, subject, from, to } = transition;
      const expected = this.log.length + 1;
      if (sequence !== expected) this.violate(`transition ${sequence} came where ${expected} was due`);
      this.log.push(transition);
      this.counts.transitions++;
      const provider = this.providers.get(subject);
      if (!provider) {
        this.violate(`a transition of ${subject}, which never was`);
        continue;
      }
      if (from !== provider.state) this.violate(`${subject}: ${from} → ${to} after ${provider.state}`);
      provider.state = to;
      if (to === 'Unavailable') this.#find(provider, transition);
    }
  }

  #find(provider, { sequence, cause }) {
    provider.found++;
    this.counts['deaths found']++;
    if (provider.found > provider.deaths)
      this.violate(`${provider.name} is alive, and was marked Unavailable by #${sequence}: ${cause}`);
  }
}
