import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { memberNames, partOf, refTo, RULE, saidOf } from '../http/members.js';
import { orNull, type Schema } from '../http/schema.js';

/** One member of a validated class. */
export interface ClassMember {
  readonly name: string;
  readonly required: boolean;
  /** Whether `null` stands for leaving it out. */
  readonly nullable: boolean;
  readonly schema: Schema;
}

/** What each validator asks, as JSON Schema; those that a class brings along itself are described by notes. */
const SCHEMA_BY_VALIDATOR: Readonly<Record<string, (constraints: readonly unknown[]) => Schema>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ minProperties: 1 }),
  isArray: () => ({ type: 'array' }),
  isIn: ([values]) =>
    (values as readonly string[]).every((word) => /^(true|false|)$/.test(word))
      ? { type: 'boolean' }
      : { type: 'string', enum: values },
  matches: ([pattern]) => ({ type: 'string', pattern: (pattern as RegExp).source }),
  min: ([least]) => ({ minimum: least }),
  max: ([most]) => ({ maximum: most }),
  isLength: ([least, most]) => ({ minLength: least, maxLength: most }),
  minLength: ([least]) => ({ minLength: least }),
  maxLength: ([most]) => ({ maxLength: most }),
  arrayMinSize: ([least]) => ({ minItems: least }),
  arrayMaxSize: ([most]) => ({ maxItems: most }),
};

/** The members of a class as its validators and defaults have them: one source for what is checked and told. */
export function membersOf(type: Type<object>): ClassMember[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const defaults = new type() as Readonly<Record<string, unknown>>;
  return [...memberNames(type)].toSorted().map((name) => {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const preset = defaults[name];
    const said = referredTo(type, name, saidOf(type, name));
    const given = '$ref' in said ? {} : schemaOf(own);
    const ruled = isPassedOver(own, '') ? orEmpty(given) : given;
    return {
      name,
      required: !own.some(isConditional),
      nullable: isPassedOver(own, null),
      schema: { ...ruled, ...(preset !== undefined && { default: preset }), ...said },
    };
  });
}

/** A whole class as a schema. */
export function classSchema(type: Type<object>): Schema {
  const members = membersOf(type);
  const required = members.filter((member) => member.required).map(({ name }) => name);
  const schemas = members.map(({ name, schema, nullable }) => [name, nullable ? orNull(schema) : schema]);
  const properties = Object.fromEntries(schemas) as Schema;
  return { type: 'object', ...(required.length > 0 && { required }), properties };
}

/** A member that is a part has the schema of that, and items that are. */
function referredTo(type: Type, name: string, said: Schema = {}): Schema {
  const part = partOf(type, name);
  if (!part || 'items' in said) return said;
  return { ...refTo(part), ...said };
}

function isConditional({ type }: ValidationMetadata): boolean {
  return String(type) === 'conditionalValidation';
}

/** Whether a member with this value is not validated at all, though it is with another. */
function isPassedOver(rules: readonly ValidationMetadata[], value: unknown): boolean {
  return rules.filter(isConditional).some(({ constraints, propertyName }) => {
    const asks = constraints?.[0] as (object: object, value: unknown) => boolean;
    return !asks({ [propertyName]: value }, value) && asks({ [propertyName]: 'x' }, 'x');
  });
}

function orEmpty(schema: Schema): Schema {
  const { pattern } = schema;
  return typeof pattern === 'string' ? { ...schema, pattern: `^(${pattern.slice(1, -1)})?$` } : schema;
}

function schemaOf(rules: readonly ValidationMetadata[]): Schema {
  const ofEach = rules.filter(({ each }) => each);
  const ofWhole = merge(rules.filter(({ each }) => !each));
  return ofEach.length > 0 ? { ...ofWhole, type: 'array', items: merge(ofEach) } : ofWhole;
}

function merge(rules: readonly ValidationMetadata[]): Schema {
  const named = rules.filter(({ name }) => name && name !== RULE);
  return Object.assign({}, ...named.map(describe)) as Schema;
}

function describe({ name = '', constraints, target, propertyName }: ValidationMetadata): Schema {
  const write = SCHEMA_BY_VALIDATOR[name];
  if (write) return write(constraints ?? []);
  throw new Error(`${(target as Type).name}.${propertyName}: the API description does not know @${name} yet`);
}
