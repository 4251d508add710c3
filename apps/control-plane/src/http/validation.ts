import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { assertMembers, pointerTo } from '@vitals/core/json';
import { ValidateIf, type ValidationError } from 'class-validator';
import { ruleWords } from './rule-words.js';

/** Validates the bodies and queries of the management API; a wrong field is a 422 that names it. */
class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => invalid(errors.flatMap((error) => faultsOf(error, ''))),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const fault = bodyFault(value, metadata);
    if (fault) throw invalid([fault]);
    // a path parameter is a text alone, known by its name
    assertMembers(metadata.type === 'param' ? { [metadata.data ?? '']: value } : value);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** The pipe of the whole application. */
export function createValidationPipe(): ValidationPipe {
  return new RequestValidationPipe();
}

/** A member that may be left out. `null` is not leaving it out: it is checked like any other value. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** A request with wrong fields. */
export function invalid(faults: readonly FieldFault[]): VitalsError {
  const [first] = faults;
  const detail = first ? `${first.pointer || 'the body'}: ${first.detail}` : 'the request is wrong';
  return new VitalsError('request-invalid', detail, { faults });
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
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? undefined : { pointer: '', detail: 'must be an object' };
}
