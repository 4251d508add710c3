import { agreeing } from './agreeing.js';

const DURATIONS = ['10s', '1m', '1.5h', '1h', '24h'];

/** What members are that no schema describes to the letter, by name. */
const TEXTS = {
  protocol: ['http', 'https', 'HTTP', 'grpc'],
  serviceId: ['orders', 'shop', 'com.example.pay-1'],
  healthPath: ['', '', '/health/', '/'],
  health_path: ['/health', '/'],
  timeout: ['1ms', '100ms', '1s'],
  cron: ['30 2 * * 6', '0 3 * * 1-5'],
  time_zone: ['UTC', 'Europe/Berlin'],
  pointer: ['', '/status', '/a~1b/0'],
};

/** Makes values that a schema allows, of the things that there are. */
export class ValidValues {
  /**
   * @param world what exists: `names` of providers, and `ids`
   * @param probability with which members are given that may be left out
   */
  constructor(document, random, world, probability = 0.4) {
    this.schemas = document.components.schemas;
    this.probability = probability;
    this.random = random;
    this.world = world;
  }

  /** A value of a schema; `member` is its name, by which the names of things are told from other texts. */
  of(schema, member = '') {
    const { random } = this;
    if (schema.$ref) return this.of(this.schemas[schema.$ref.split('/').at(-1)], member);
    if (schema.oneOf) return this.of(schema.oneOf[0], member);
    if (schema.enum) return random.pick(schema.enum);
    switch (schema.type) {
      case 'object':
        return this.object(schema);
      case 'array':
        return Array.from({ length: this.lengthOf(schema) }, () => this.of(schema.items ?? {}, member));
      case 'integer':
        if (member === 'port') return random.pick([80, 443]);
        return random.whole(schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000, 1_000));
      case 'number':
        return random.pick([0, 1, 1.5, 8, 64, '500m', '2', schema.minimum ?? 0]);
      case 'boolean':
        return random.chance(0.5);
      default:
        return this.text(schema, member);
    }
  }

  object({ properties = {}, required = [], additionalProperties }) {
    const { random } = this;
    const chosen = Object.keys(properties).filter(
      (key) => required.includes(key) || random.chance(this.probability),
    );
    const members = chosen.map((key) => [key, this.amountOr(key, properties[key])]);
    const more = typeof additionalProperties === 'object' ? random.whole(0, 3) : 0;
    const extra = Array.from({ length: more }, (_, at) => [`key${at}`, this.of(additionalProperties)]);
    const value = agreeing(Object.fromEntries([...members, ...extra]));
    // a check has what it looks at in the member that is named as its type
    const { type } = value;
    return properties[type] && !value[type] ? { ...value, [type]: this.of(properties[type]) } : value;
  }

  /** What is written in bytes is not written in thousandths. */
  amountOr(key, schema) {
    if (/memory|storage/.test(key)) return this.random.pick([0, 4_096, '8GB', '1TiB', '512MiB', '0']);
    if (key === 'max_body') return this.random.pick([1_024, 65_536, '256KiB', '1MiB']);
    return this.of(schema, key);
  }

  text({ pattern, format, minLength = 0, maxLength = 40 }, member) {
    const { random, world } = this;
    if (member === 'name' || member === 'names') return random.pick(world.names);
    if (format === 'date-time') return this.time();
    if (format === 'uri') return `http://${this.host()}:${random.whole(1, 9)}`;
    if (member === 'host' || member === 'address') return this.host();
    if (member === 'id' && !pattern) return random.pick(world.nodes);
    if (member === 'id' || member === 'parent') return random.pick([...world.names, ...world.ids.slice(-5)]);
    const known = TEXTS[member] ?? (pattern?.includes('ms|s|m|h|d') ? DURATIONS : undefined);
    if (known) return random.pick(known);
    if (pattern?.includes('=')) return `tier=${random.pick(['gold', 'silver', ''])}`;
    const most = Math.min(maxLength, 40);
    return random.pick(['vm', 'z1', 'gpu', 'v1', 'x'.repeat(Math.max(1, minLength)), 'y'.repeat(most)]);
  }

  /** Nobody is there, and nobody can be: a name that does not exist (RFC 6761), or an address that is denied. */
  host() {
    return this.random.pick([
      'shop.invalid',
      'shop.invalid',
      `n${this.random.whole(0, 9)}.invalid`,
      '127.0.0.1',
    ]);
  }

  time() {
    const aDay = 86_400_000;
    return new Date(Date.now() + this.random.whole(-aDay, aDay)).toISOString();
  }

  lengthOf({ minItems = 0, maxItems = 5 }) {
    return this.random.whole(minItems, Math.min(maxItems, minItems + 3));
  }
}
