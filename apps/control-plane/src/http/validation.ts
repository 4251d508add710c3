import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { assertMembers, pointerTo } from '@vitals/core/json';
import { didYouMean } from '@vitals/core/nearest-name';
import type { ValidationError } from 'class-validator';
import { isOpen, isRecord, memberNames, partOf, passedOverBy } from './members.js';

/**
 * Validates the bodies and queries of the management API; a wrong field is a 422 that names it, and so is an unknown
 * one of a class that is exact.
 */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => invalid(errors.flatMap((error) => faultsOf(error, ''))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype } = metadata;
    const unknown = metatype && passedOverBy(metatype) ? unknownMembers(value, metatype) : [];
    try {
      const read = await this.read(value, metadata);
      if (unknown.length === 0) return read;
    } catch (error) {
      if (unknown.length === 0 || !(error instanceof VitalsError)) throw error;
      unknown.unshift(...error.faults);
    }
    throw invalid(unknown);
  }

  private read(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const fault = bodyFault(value, metadata);
    if (fault) throw invalid([fault]);
    // a path parameter is a text alone, known by its name
    assertMembers(metadata.type === 'param' ? { [metadata.data ?? '']: value } : value);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

const pipe = new RequestValidationPipe();

/**
 * Reads a body that came without a request, such as one of a file: JSON, or what YAML makes of it.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export function readBody<T>(metatype: Type<T>, body: unknown): Promise<T> {
  return pipe.transform(body, { type: 'body', metatype }) as Promise<T>;
}

/** A request with wrong fields. */
export function invalid(faults: readonly FieldFault[]): VitalsError {
  const [first] = faults;
  const detail = first ? `${first.pointer || 'the body'}: ${first.detail}` : 'the request is wrong';
  return new VitalsError('request-invalid', detail, { faults });
}

/** A fault for each member that nobody would read: it is misspelt, or belongs elsewhere. */
function unknownMembers(value: unknown, type: Type, parent = ''): FieldFault[] {
  // a list in a list is refused for itself; it may be deeper than the stack
  if (Array.isArray(value))
    return value.flatMap((item, at) => (isRecord(item) ? unknownMembers(item, type, `${parent}/${at}`) : []));
  if (!isRecord(value)) return [];
  const known = memberNames(type);
  return Object.entries(value).flatMap(([key, member]) => {
    const pointer = pointerTo(parent, key);
    if (!known.has(key)) return passedOverBy(type)?.includes(key) ? [] : [unknownMember(pointer, key, known)];
    const part = partOf(type, key);
    return part && !isOpen(part) ? unknownMembers(member, part, pointer) : [];
  });
}

function unknownMember(pointer: string, name: string, known: ReadonlySet<string>): FieldFault {
  const advice = didYouMean(name, known) ?? `the members are ${[...known].join(', ')}`;
  return { pointer, detail: `is not known here; ${advice}` };
}

/** Reads `key=value` pairs of a query parameter that may be repeated; the value may contain `=`. */
export function readLabels(label: string | readonly string[] = []): [key: string, value: string][] {
  return [label].flat().map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
}

function faultsOf({ property, constraints, children }: ValidationError, parent: string): FieldFault[] {
  const pointer = pointerTo(parent, property);
  // of what kind it has to be comes first: the rest says little of what is none; several rules may say the same
  const rules = Object.entries(constraints ?? {}).toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  // what is no object breaks the rule of its member and that of its members: the one of the member says more
  const said = rules.length > 1 ? rules.filter(([rule]) => rule !== 'nestedValidation') : rules;
  const own = new Set(said.map(([, detail]) => ruleWords(detail, property)));
  const faults = [...own].map((detail) => ({ pointer, detail }));
  return [...faults, ...(children ?? []).flatMap((child) => faultsOf(child, pointer))];
}

function rankOf(rule: string): number {
  return /^is(Int|Number|String|Boolean|Object|Array)$/.test(rule) ? 0 : 1;
}

/** Whole bodies are objects; one that was not sent has no members. */
function bodyFault(value: unknown, { type, data }: ArgumentMetadata): FieldFault | undefined {
  if (type !== 'body' || data !== undefined || value === undefined) return undefined;
  return isRecord(value) ? undefined : { pointer: '', detail: 'must be an object' };
}

/** The default messages of class-validator and of Ajv, and how they are said here; the name of the member is left out. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^must be shorter than or equal to (\d+) characters$/, 'must be at most $1 characters'],
  [
    /^must be longer than or equal to (\d+) and shorter than or equal to (\d+) characters$/,
    'must be $1 to $2 characters',
  ],
  [/^must be longer than or equal to (\d+) characters$/, 'must be at least $1 characters'],
  [/^must be one of the following values: (.*)$/s, 'must be one of $1'],
  [/^must not be greater than (-?\d+)$/, 'must be at most $1'],
  [/^must not be less than (-?\d+)$/, 'must be at least $1'],
  [/^must be an integer number$/, 'must be an integer'],
  [/^must be a boolean value$/, 'must be true or false'],
  [/^must contain no more than (\d+) elements$/, 'must have at most $1 items'],
  [/^must be a non-empty object$/, 'must be an object that is not empty'],
  [/^must be (string|number|boolean)$/, 'must be a $1'],
  [/^must be (integer|object|array)$/, 'must be an $1'],
  [/^must NOT have more than (\d+) (items|characters)$/, 'must have at most $1 $2'],
  [/^must NOT have fewer than (\d+) (items|characters)$/, 'must have at least $1 $2'],
  [/^nested property \S+ must be either object or array$/, 'must be an object'],
  [/^must be >= (-?\d+)$/, 'must be at least $1'],
  [/^must be <= (-?\d+)$/, 'must be at most $1'],
];

/**
 * What a rule says, as all rules say it: "must be a string", "must be at most 253 characters".
 * @param member the name of the member, with which validators begin their messages
 */
export function ruleWords(message: string, member = ''): string {
  const own = member !== '' && message.startsWith(`${member} `) ? message.slice(member.length + 1) : message;
  const [, each = '', rule = own] = /^(each value) in \S+ (.*)$/s.exec(own) ?? [];
  const known = WORDS.find(([pattern]) => pattern.test(rule));
  const said = known ? rule.replace(...known) : rule;
  return each === '' ? said : `${each} ${said}`;
}
