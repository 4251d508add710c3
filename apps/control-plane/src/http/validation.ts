import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { assertMembers, pointerTo } from '@vitals/core/json';
import type { ValidationError } from 'class-validator';
import { isOpen, isRecord, memberNames, partOf, passedOverBy } from './members.js';
import { ruleWords } from './rule-words.js';

/**
 * Validates the bodies and queries of the management API; a wrong field is a 422 that names it, and so is an unknown
 * one of a class that is exact.
 */
class RequestValidationPipe extends ValidationPipe {
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

/** The pipe of the whole application, and of what is declared in a file. */
export function createValidationPipe(): ValidationPipe {
  return new RequestValidationPipe();
}

/** A request with wrong fields. */
export function invalid(faults: readonly FieldFault[]): VitalsError {
  const [first] = faults;
  const detail = first ? `${first.pointer || 'the body'}: ${first.detail}` : 'the request is wrong';
  return new VitalsError('request-invalid', detail, { faults });
}

/** A fault for each member that nobody would read: it is misspelt, or belongs elsewhere. */
export function unknownMembers(value: unknown, type: Type, parent = ''): FieldFault[] {
  // a list in a list is refused for itself; it may be deeper than the stack
  if (Array.isArray(value))
    return value.flatMap((item, at) => (isRecord(item) ? unknownMembers(item, type, `${parent}/${at}`) : []));
  if (!isRecord(value)) return [];
  const known = memberNames(type);
  const detail = `is not known here; the members are ${[...known].join(', ')}`;
  return Object.entries(value).flatMap(([key, member]) => {
    const pointer = pointerTo(parent, key);
    if (!known.has(key)) return passedOverBy(type)?.includes(key) ? [] : [{ pointer, detail }];
    const part = partOf(type, key);
    return part && !isOpen(part) ? unknownMembers(member, part, pointer) : [];
  });
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
  const own = [...new Set(said.map(([, detail]) => ruleWords(detail, property)))].map((detail) => ({
    pointer,
    detail,
  }));
  return [...own, ...(children ?? []).flatMap((child) => faultsOf(child, pointer))];
}

function rankOf(rule: string): number {
  return /^is(Int|Number|String|Boolean|Object|Array)$/.test(rule) ? 0 : 1;
}

/** Whole bodies are objects; one that was not sent has no members. */
function bodyFault(value: unknown, { type, data }: ArgumentMetadata): FieldFault | undefined {
  if (type !== 'body' || data !== undefined || value === undefined) return undefined;
  return isRecord(value) ? undefined : { pointer: '', detail: 'must be an object' };
}
