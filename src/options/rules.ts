import { didYouMean } from '../nearest-name.js';
import { type Duration, parseDuration } from '../time/duration.js';

/**
 * What is wrong with the value of an option, as the rest of a sentence that begins with its name. Where several things
 * are wrong, each is a line.
 */
export type Rule = (value: never) => string | undefined;

/** Any value. */
export function anything(): undefined {
  return undefined;
}

/** An object with options of these names only; one that is `undefined` is not given. */
export function among(rules: Readonly<Record<string, Rule>>): (value: object) => string | undefined {
  const known = Object.keys(rules);
  return (value) => {
    const shape = object(value);
    if (shape !== undefined) return shape;
    const faults = Object.entries(value)
      .filter(([name]) => known.includes(name))
      .map(([name, given]) => faultOfMember(name, given, rules[name] as Rule));
    return allFaults(unknownOption(value, known), ...faults);
  };
}

/** An object with any names, each of whose values keeps the rule; one that is `undefined` is not given. */
export function each(rule: (value: object) => string | undefined): (value: object) => string | undefined {
  return (value) =>
    object(value) ??
    allFaults(...Object.entries(value).map(([name, given]) => faultOfMember(name, given, rule)));
}

/** Faults as one, each in its own line; `undefined` if there is none. */
export function allFaults(...faults: readonly (string | undefined)[]): string | undefined {
  return faults.filter((fault) => fault !== undefined).join('\n') || undefined;
}

function faultOfMember(name: string, given: unknown, rule: Rule): string | undefined {
  const fault = given === undefined ? undefined : rule(given as never);
  return fault?.replaceAll(/^/gm, `${name}: `);
}

function object(value: unknown): string | undefined {
  if (Array.isArray(value)) return 'must be an object, not a list';
  return typeof value === 'object' && value !== null ? undefined : 'must be an object';
}

/** One of a closed list of texts. */
export function oneOf(...values: readonly string[]): (value: unknown) => string | undefined {
  return (value) => {
    if (values.includes(value as string)) return undefined;
    const advice = typeof value === 'string' ? didYouMean(value, values) : undefined;
    return [`must be one of ${values.join(', ')}`, advice].filter(Boolean).join('; ');
  };
}

/** A list, each of whose entries keeps the rule. */
export function listOf(what: string, rule: (value: unknown) => string | undefined) {
  return (value: unknown): string | undefined => {
    if (!Array.isArray(value)) return `must be a list of ${what}, such as [${example(value)}]`;
    const faults = value.map((entry: unknown, at) => {
      const fault = rule(entry);
      const shown = typeof entry === 'string' && entry !== '' ? JSON.stringify(entry) : `entry ${at + 1}`;
      return fault && `${shown} ${fault}`;
    });
    return allFaults(...faults);
  };
}

/** A list of texts. */
export const names = listOf('names', text);

/** A text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';
}

/** A boolean. */
export function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : `must be true or false${unquoted(value)}`;
}

/** A whole number, at least 1. */
export function count(value: unknown): string | undefined {
  return Number.isInteger(value) && (value as number) >= 1
    ? undefined
    : `must be a whole number from 1 on${unquoted(value)}`;
}

/** A span of time, 0 included. */
export function duration(value: Duration): string | undefined {
  try {
    parseDuration(value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A span of time that is longer than 0. */
export function interval(value: Duration): string | undefined {
  return duration(value) ?? (parseDuration(value) > 0 ? undefined : 'must be longer than 0');
}

function example(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : '"a"';
}

/** What is wrong with the names of options: those that are unknown, each with the known one that was meant. */
export function unknownOption(given: object, known: readonly string[]): string | undefined {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const advice = (name: string): string => didYouMean(name, known) ?? `there are ${known.join(', ')}`;
  return allFaults(...unknown.map((name) => `unknown option \`${name}\`; ${advice(name)}`));
}

/** What to add to a message about a number or flag that is a text in quotes: `; write 2 without quotes`. */
export function unquoted(given: unknown): string {
  const plain = typeof given === 'string' && /^(-?\d+(\.\d+)?|true|false)$/.test(given.trim());
  return plain ? `; write ${given.trim()} without quotes` : '';
}
