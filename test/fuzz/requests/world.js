/** What exists in the control plane as far as the run knows; wrong knowledge only makes other requests. */
export class World {
  /** Few, so that requests meet at the same names. */
  names = Array.from({ length: 30 }, (_, at) => `p${at}`);
  providerTokens = new Map();
  givenTokens = [];
  ids = ['00000000-0000-4000-8000-000000000000'];
  /** Ids of the checks of nodes that are registered often. */
  nodes = ['orders:http:shop.invalid:80', 'shop:http:shop.invalid:443', 'shop:https:127.0.0.1:80'];
  pages = [];

  constructor({ adminToken, registrationToken }) {
    this.adminToken = adminToken;
    this.registrationToken = registrationToken;
  }

  /** Notes what an answer told. */
  learn({ operationId }, body) {
    if (typeof body !== 'object' || body === null) return;
    if (typeof body.token === 'string' && body.name) keep(this.providerTokens, body.name, body.token);
    else if (typeof body.token === 'string' && body.id) this.givenTokens.push(body.token);
    if (typeof body.id === 'string' && operationId !== 'registerProvider') this.ids.push(body.id);
    if (typeof body.next_page_token === 'string') this.pages.push(body.next_page_token);
    for (const list of [this.givenTokens, this.ids, this.pages]) if (list.length > 200) list.shift();
  }

  /** Any token that there is, of the provider if it has one. */
  someToken(random, name) {
    return random.weighted([
      [6, this.adminToken],
      [3, this.providerTokens.get(name) ?? this.adminToken],
      [1, this.registrationToken],
      [1, this.givenTokens.length > 0 ? random.pick(this.givenTokens) : this.adminToken],
    ]);
  }
}

function keep(map, key, value) {
  map.set(key, value);
  if (map.size > 500) map.delete(map.keys().next().value);
}
