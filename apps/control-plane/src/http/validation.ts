import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { ValidateIf, type ValidationError } from 'class-validator';

/** Levels of nesting that a body may have; deeper ones would overflow whoever walks them. */
const DEEPEST = 32;

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
    const fault = bodyFault(value, metadata) ?? structuralFault(value, '', DEEPEST);
    if (fault) throw invalid([fault]);
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

/** One segment of a JSON Pointer (RFC 6901 section 3). */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function faultsOf({ property, constraints, children }: ValidationError, parent: string): FieldFault[] {
  const pointer = pointerTo(parent, property);
  // of what kind it has to be comes first: the rest says little of what is none; several rules may say the same
  const rules = Object.entries(constraints ?? {}).toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  const own = [...new Set(rules.map(([, detail]) => detail))].map((detail) => ({ pointer, detail }));
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

/** What class-transformer cannot walk: it would overflow the stack, or drop the member in silence. */
function structuralFault(value: unknown, pointer: string, levels: number): FieldFault | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return { pointer, detail: `must not be nested deeper than ${DEEPEST} levels` };
  if (Object.hasOwn(value, 'constructor')) {
    return { pointer: pointerTo(pointer, 'constructor'), detail: 'no member may be called "constructor"' };
  }
  for (const [key, child] of Object.entries(value)) {
    const fault = structuralFault(child, pointerTo(pointer, key), levels - 1);
    if (fault) return fault;
  }
  return undefined;
}
