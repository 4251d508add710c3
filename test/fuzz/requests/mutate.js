import { HOSTILE_JSON, HOSTILE_VALUES, nested } from './hostile.js';

/** Spoils one to three places of a value, as deep as they lie. */
export function mutated(value, random) {
  let spoiled = structuredClone(value);
  for (let times = random.whole(1, 3); times > 0; times--) spoiled = mutateOnce(spoiled, random);
  return spoiled;
}

function mutateOnce(value, random) {
  if (typeof value !== 'object' || value === null || random.chance(0.1)) return hostile(random);
  const keys = Object.keys(value);
  if (keys.length === 0) return hostile(random);
  const key = random.pick(keys);
  const how = random.weighted([
    [5, 'deeper'],
    [3, 'replace'],
    [2, 'remove'],
    [1, 'add'],
    [1, 'long'],
    [1, 'wide'],
  ]);
  switch (how) {
    case 'deeper':
      value[key] = mutateOnce(value[key], random);
      break;
    case 'replace':
      value[key] = hostile(random);
      break;
    case 'remove':
      if (Array.isArray(value)) value.pop();
      else delete value[key];
      break;
    case 'add':
      Object.defineProperty(value, random.pick(['extra', 'toString', '', 'constructor', '__proto__']), {
        value: hostile(random),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      break;
    case 'long':
      value[key] = 'x'.repeat(random.pick([64, 65, 253, 254, 1_024, 1_025, 2_049, 15_000]));
      break;
    default:
      value[key] = Array.from({ length: random.pick([100, 1_001]) }, () => hostile(random));
  }
  return value;
}

function hostile(random) {
  return structuredClone(random.pick(HOSTILE_VALUES));
}

/** Puts a text that may be no JSON in place of a member's value. */
export function withHostileText(json, random) {
  const members = [...json.matchAll(/(":)("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|true|false|null)/g)];
  if (members.length === 0) return random.pick(HOSTILE_JSON);
  const { index, 0: whole, 1: colon } = random.pick(members);
  return json.slice(0, index) + colon + random.pick(HOSTILE_JSON) + json.slice(index + whole.length);
}

/** Bytes that are no JSON, or none that anybody wants. */
export function malformed(json, random) {
  return random.pick([
    () => json.slice(0, random.whole(0, json.length - 1)),
    () => `${json}${json}`,
    () => json.replaceAll('"', "'"),
    () => `\ufeff${json}`,
    () => Buffer.from(json, 'utf16le'),
    () => Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
    () => nested(20_000),
    () => `{"a":${nested(33)}}`,
    () => '{'.repeat(200),
    () => '"text"',
    () => '\u0000',
    () => ' '.repeat(2_000),
  ])();
}
