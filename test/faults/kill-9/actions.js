import { ADMIN_TOKEN } from '../../bench/support/servers.js';

const REGISTRATION_TOKEN = 'only-new-names-here';
const SAMPLE_OF_ENDED = 20;

/** What providers and their administrator do, each noted in the ledger by its answer. */
export class Actions {
  constructor(ledger, requests) {
    Object.assign(this, { ledger, requests });
  }

  async beat(provider, phase) {
    const { token, generation } = provider;
    const changes = !provider.phase.allows(phase) || provider.phase.possible.length > 1;
    if (changes) provider.phase.tried(phase);
    const known = generation.possible.length === 1 && { generation: generation.possible[0] };
    const beat = { timestamp: new Date().toISOString(), phase, ...known };
    const answer = await this.requests.ask('PUT', `/providers/${provider.name}/status`, token, beat);
    if (!this.#isDone(answer, 200, `a beat of ${provider.name}`)) return;
    provider.tokenUsed(token);
    if (changes) provider.phase.acknowledged(phase);
    this.#count('beats');
    if (changes) this.#count('phase changes');
  }

  /** Registers a new name; again, if the answer with its token was lost. */
  async register(provider) {
    const lost = provider.stored !== 'no';
    const { generation } = provider;
    provider.stored = 'maybe';
    if (lost) generation.tried(Math.max(...generation.possible) + 1);
    const answer = await this.requests.ask('POST', '/providers', REGISTRATION_TOKEN, bodyOf(provider));
    const expected = lost && answer?.status === 200 ? 200 : 201;
    if (!this.#isDone(answer, expected, `the registration of ${provider.name}`)) return;
    provider.stored = 'yes';
    provider.takeToken(answer.body.token);
    generation.acknowledged(answer.body.generation);
    this.#count('registrations');
  }

  async registerAgain(provider) {
    const { token, generation } = provider;
    const next = Math.max(...generation.possible) + 1;
    generation.tried(next);
    const answer = await this.requests.ask('POST', '/providers', token, bodyOf(provider));
    if (!this.#isDone(answer, 200, `registering ${provider.name} again`)) return;
    provider.tokenUsed(token);
    provider.takeToken(answer.body.token);
    generation.acknowledged(answer.body.generation);
    this.#count('registrations again');
  }

  async remove(provider) {
    provider.removing = true;
    const lost = provider.stored === 'maybe';
    provider.stored = 'maybe';
    const answer = await this.requests.ask('DELETE', `/providers/${provider.name}`, ADMIN_TOKEN);
    if (!(answer?.status === 404 && lost) && !this.#isDone(answer, 204, `removing ${provider.name}`)) return;
    provider.stored = 'no';
    this.#count('removals');
  }

  async inform(provider, cpu) {
    const { name, token } = provider;
    provider.cpu.tried(cpu);
    const body = { timestamp: new Date().toISOString(), capacity: { cpu } };
    const answer = await this.requests.ask('PATCH', `/providers/${name}/resources`, token, body);
    if (!this.#isDone(answer, 200, `an info of ${name}`)) return;
    provider.tokenUsed(token);
    provider.cpu.acknowledged(cpu);
    this.#count('infos');
  }

  async cordon(provider, cordoned) {
    provider.cordoned.tried(cordoned);
    const method = cordoned ? 'PUT' : 'DELETE';
    const answer = await this.requests.ask(method, `/providers/${provider.name}/cordon`, ADMIN_TOKEN);
    if (!this.#isDone(answer, 204, `a cordon of ${provider.name}`)) return;
    provider.cordoned.acknowledged(cordoned);
    this.#count('cordons');
  }

  async rotate(provider) {
    const answer = await this.requests.ask('POST', `/providers/${provider.name}/token`, ADMIN_TOKEN);
    if (!this.#isDone(answer, 200, `a new token for ${provider.name}`)) return;
    provider.takeToken(answer.body.token);
    this.#count('token rotations');
  }

  /** Reads what was decided since the last time. */
  async readLog() {
    const { log } = this.ledger;
    const since = log.length;
    const transitions = await this.transitionsSince(since);
    if (log.length === since) this.ledger.read(transitions);
  }

  async transitionsSince(since) {
    const transitions = [];
    for (let next = since; ;) {
      const answer = await this.requests.ask('GET', `/transitions?since=${next}&limit=1000`, ADMIN_TOKEN);
      if (!this.#isDone(answer, 200, 'the log')) return transitions;
      transitions.push(...answer.body.transitions);
      if (answer.body.transitions.length < 1_000) return transitions;
      next = answer.body.next_since;
    }
  }

  /** A token whose successor was used is good no more. */
  async showEndedTokens() {
    const ended = [...this.ledger.providers.values()].flatMap(({ name, stored, ended: tokens }) =>
      stored === 'yes' ? tokens.map((token) => ({ name, token })) : [],
    );
    for (const { name, token } of ended.slice(-SAMPLE_OF_ENDED)) {
      const answer = await this.requests.ask('GET', `/providers/${name}/status`, token);
      if (answer?.status !== 401)
        this.ledger.violate(`${name}: a token that ended is answered ${answer?.status}`);
    }
  }

  #count(what) {
    this.ledger.counts[`${what} acknowledged`]++;
  }

  #isDone(answer, status, what) {
    if (answer === undefined) return false;
    if (answer.status === status) return true;
    if (answer.status === 503) this.ledger.counts['answered 503']++;
    else this.ledger.violate(`${what} was answered ${answer.status}: ${answer.body?.detail}`);
    return false;
  }
}

function bodyOf({ name }) {
  return { name, endpoint: 'http://10.0.0.1:8080', service_type: 'vm', schema_version: 'v1' };
}
