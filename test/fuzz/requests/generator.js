import {
  HOSTILE_AUTHORIZATIONS,
  HOSTILE_HEADERS,
  HOSTILE_METHODS,
  HOSTILE_PATHS,
  MEDIA_TYPES,
} from './hostile-http.js';
import { HOSTILE_VALUES } from './hostile.js';
import { malformed, mutated, withHostileText } from './mutate.js';
import { hostileSegment, withQuery } from './path.js';
import { swept, sweepOf } from './sweep.js';
import { contentOf, schemaOf } from './valid/body.js';
import { ValidValues } from './valid/values.js';

/** How often each kind of request is made. */
const KINDS = [
  [35, 'valid'],
  [20, 'sweep'],
  [12, 'wrong-body'],
  [8, 'wrong-query'],
  [6, 'wrong-token'],
  [5, 'hostile-text'],
  [4, 'malformed'],
  [3, 'media-type'],
  [2, 'too-large'],
  [3, 'path'],
  [3, 'name'],
  [2, 'method'],
  [3, 'header'],
  [2, 'truncated'],
  [2, 'chunked'],
  [1, 'burst'],
];

/**
 * Makes requests from a description of an API. A call says how it is sent: `method`, `path` and `headers` as they
 * go over the wire, `body`, `framing`, and `copies` that are sent at the same time; `operation` is what was meant.
 */
export class RequestGenerator {
  constructor(document, random, world) {
    this.random = random;
    this.world = world;
    this.values = new ValidValues(document, random, world);
    this.operations = Object.entries(document.paths).flatMap(([template, calls]) =>
      Object.entries(calls).map(([method, operation]) => ({ template, method, operation })),
    );
    this.writing = this.operations.filter(({ operation }) => operation.requestBody);
    const whole = new ValidValues(document, random, world, 1);
    // no check is there yet that could be a parent
    const bodies = this.writing.map((at) => ({
      at,
      content: { ...contentOf(at, whole), parent: undefined },
    }));
    this.sweep = sweepOf(bodies, random);
    this.swept = 0;
  }

  next() {
    const kind = this.random.weighted(KINDS);
    if (kind === 'sweep') return this.nextOfSweep();
    const needsBody = [
      'wrong-body',
      'hostile-text',
      'malformed',
      'media-type',
      'too-large',
      'truncated',
      'chunked',
    ];
    const call = this.valid(kind, needsBody.includes(kind) ? this.writing : this.operations);
    return this.spoil(call, kind) ?? call;
  }

  /** Begins again when every step was taken. */
  nextOfSweep() {
    const step = this.sweep[this.swept++ % this.sweep.length];
    const call = this.valid('sweep', [step.at]);
    return {
      ...call,
      headers: withHeader(call, 'Authorization', `Bearer ${this.world.adminToken}`),
      body: JSON.stringify(swept(step)),
    };
  }

  /** A request that is right, by somebody who may make it, most of the time. */
  valid(kind, operations) {
    const { random, world, values } = this;
    const at = random.pick(operations);
    const { template, method, operation } = at;
    const name = random.pick(world.names);
    const path = template.replaceAll(/\{(\w+)\}/g, (_, part) =>
      part === 'name' && !template.startsWith('/health') ? name : this.idOf(part, template),
    );
    const query = (operation.parameters ?? []).filter(
      (one) => one.in === 'query' && (one.required || random.chance(0.3)),
    );
    const schema = schemaOf(operation);
    const content = schema && contentOf(at, values);
    return {
      kind,
      operation: { ...operation, template },
      method: method.toUpperCase(),
      path: withQuery(
        path,
        query.flatMap((one) => this.parameter(one)),
      ),
      headers: [
        ['Authorization', `Bearer ${world.someToken(random, name)}`],
        ...(schema ? [['Content-Type', 'application/json']] : []),
      ],
      body: schema && JSON.stringify(content),
      content,
      framing: 'length',
      copies: 1,
    };
  }

  idOf(part, template) {
    const { random, world } = this;
    const ids = [...(template.startsWith('/services') ? world.nodes : world.names), ...world.ids];
    return random.pick(part === 'id' ? ids : ['lease-sweeper', 'database', 'scheduler.leases', 'nothing']);
  }

  parameter({ name, schema }) {
    const { random, world, values } = this;
    if (name === 'page_token' && world.pages.length > 0) return [[name, random.pick(world.pages)]];
    if (name === 'id') return [[name, random.pick(['one', 'two', `id-${random.whole(0, 99)}`])]];
    return [values.of(schema, name)].flat().map((value) => [name, String(value)]);
  }

  spoil(call, kind) {
    const { random } = this;
    const setHeader = (name, value) => ({ ...call, headers: withHeader(call, name, value) });
    switch (kind) {
      case 'wrong-body':
        return { ...call, body: JSON.stringify(mutated(call.content, random)) ?? 'null' };
      case 'hostile-text':
        return { ...call, body: withHostileText(call.body, random) };
      case 'malformed':
        return { ...call, body: malformed(call.body, random) };
      case 'too-large':
        return {
          ...call,
          body: `{"pad":"${'x'.repeat(random.pick([16_375, 16_400, 65_526, 65_600, 1_048_600]))}"}`,
        };
      case 'media-type':
        return setHeader('Content-Type', random.pick([...MEDIA_TYPES, undefined]));
      case 'wrong-token':
        return setHeader('Authorization', random.pick(HOSTILE_AUTHORIZATIONS));
      case 'wrong-query':
        return { ...call, path: withQuery(call.path.split('?', 1)[0], this.hostileQuery(call.operation)) };
      case 'path':
        return { ...call, path: random.pick(HOSTILE_PATHS) };
      case 'name':
        return {
          ...call,
          path: call.operation.template.replaceAll(/\{\w+\}/g, () => hostileSegment(random)),
        };
      case 'method':
        return { ...call, method: random.pick(HOSTILE_METHODS) };
      case 'header':
        return {
          ...call,
          lines: [random.pick(HOSTILE_HEADERS), random.pick(HOSTILE_HEADERS)].slice(random.whole(0, 1)),
        };
      case 'truncated':
        return { ...call, framing: random.pick(['cut', 'half-closed']) };
      case 'chunked':
        return { ...call, framing: random.pick(['chunked', 'broken-chunk', 'both']) };
      case 'burst':
        return { ...call, copies: 8 };
      default:
        return undefined;
    }
  }

  hostileQuery({ parameters = [] }) {
    const { random } = this;
    const names = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const count = random.whole(1, 4);
    return Array.from({ length: count }, () => {
      const name = random.pick([...names, ...names, 'unknown', '__proto__', 'a[]', '']);
      const value = random.pick(HOSTILE_VALUES);
      return [name, typeof value === 'string' ? value.slice(0, 3_000) : JSON.stringify(value)];
    });
  }
}

function withHeader({ headers }, name, value) {
  const others = headers.filter(([known]) => known !== name);
  return value === undefined ? others : [...others, [name, value]];
}
