import 'reflect-metadata';
import type { Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  getMetadataStorage,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Schema } from './schema.js';

const SAID = Symbol('said');
const PART = Symbol('part');
const PASSED_OVER = Symbol('passed over');

/** The name of every `Rule`, whose words describe it. */
export const RULE = 'rule';

/** What classes that are parts of others say besides their members, by class. */
export const PARTS = new Map<Class, Schema>();

/** A member of a body or a query: its words, and its rules in the order in which they would stand above it. */
export function Member(said: string | Schema, ...rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    all(...rules)(target, property);
    Reflect.defineMetadata(SAID, typeof said === 'string' ? { description: said } : said, target, property);
  };
}

/** A member that may be left out. `null` is not leaving it out: it is checked like any other value. */
export function OptionalMember(said: string | Schema, ...rules: PropertyDecorator[]): PropertyDecorator {
  return Member(said, IfGiven(), ...rules);
}

/** The rule of a member that may be left out; `null` is checked like any other value. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** A class whose schema has a name of its own, for it is a part of others. @param more keywords besides its members */
export function Part(description: string, more: Schema = {}): ClassDecorator {
  return (type) => void PARTS.set(type as unknown as Class, { description, ...more });
}

/** Whether a class has members of any name besides its own. */
export function isOpen(type: Class): boolean {
  return PARTS.get(type)?.['additionalProperties'] === true;
}

/** The name under which a class stands in the description of the API. */
export function classSchemaName({ name }: Class): string {
  return name.replace(/Dto$/, '');
}

/** Points to the schema of a class that is a part of others. */
export function refTo<T>(type: Class<T>): Schema<T> {
  return { $ref: `#/components/schemas/${classSchemaName(type)}` };
}

/**
 * A class that may have no members but its own: any other is refused. @param passedOver members that are ignored, for
 * only answers have them
 */
export function Exact(...passedOver: readonly string[]): ClassDecorator {
  return (type) => Reflect.defineMetadata(PASSED_OVER, passedOver, type);
}

/** The members that an exact class ignores; `undefined` for a class that ignores all that it does not know. */
export function passedOverBy(type: Class): readonly string[] | undefined {
  return Reflect.getMetadata(PASSED_OVER, type) as readonly string[] | undefined;
}

/** The members that the rules of a class are for. */
export function memberNames(type: Class): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

/** The words of a member, and the keywords that no validator says; those of a class that it extends, too. */
export function saidOf(type: Class, member: string): Schema | undefined {
  return Reflect.getMetadata(SAID, type.prototype as object, member) as Schema | undefined;
}

/** The class that a member is, or that its items are. */
export function partOf(type: Class, member: string): Class | undefined {
  return (Reflect.getMetadata(PART, type.prototype as object, member) as (() => Class) | undefined)?.();
}

/** An object of a class, or a list of them. */
export function Nested(type: () => Class, { each = false } = {}): PropertyDecorator {
  return (target, property) => {
    all(ValidateNested({ each }), Type(type))(target, property);
    Reflect.defineMetadata(PART, type, target, property);
  };
}

/** Text of so many characters. */
export function Text(least: number, most: number): PropertyDecorator {
  return all(IsString(), least === 0 ? MaxLength(most) : Length(least, most));
}

/** Text of a pattern. @param message what it must be, in words */
export function Pattern(pattern: RegExp, message: string): PropertyDecorator {
  return all(IsString(), Matches(pattern, { message }));
}

/** A list of texts of so many characters. */
export function TextOfEach(most: number): PropertyDecorator {
  return all(IsString({ each: true }), MaxLength(most, { each: true }));
}

/** A whole number. @param message in place of those of its rules */
export function Whole(least: number, most: number, message?: string): PropertyDecorator {
  const options = message === undefined ? {} : { message };
  return all(IsInt(options), Min(least, options), Max(most, options));
}

/** A whole number as a query has it: as text. */
export function WholeText(least: number, most: number): PropertyDecorator {
  const number = Type(() => Number);
  return all(number, Whole(least, most));
}

/** `true` or `false`, as a query has it. */
export function YesNo(): PropertyDecorator {
  return IsIn(['true', 'false']);
}

/** `key=value`, which a query may have more than once. */
export function LabelPairs(): PropertyDecorator {
  return Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' });
}

/**
 * A rule of one member, which may look at the members beside it: what is wrong, in words that say what to give
 * instead; `undefined` if nothing is. A member has one rule at most.
 */
export function Rule<T extends object>(
  faultOf: (value: unknown, beside: T) => string | undefined,
): PropertyDecorator {
  return ValidateBy({
    name: RULE,
    validator: {
      validate: (value, given) => faultOf(value, given?.object as T) === undefined,
      defaultMessage: (given) => faultOf(given?.value, given?.object as T) ?? '',
    },
  });
}

/** Text of so many characters, without those that would end a line or hide something. */
export function Line(least: number, most: number): PropertyDecorator {
  return Rule((value) => {
    const isText = typeof value === 'string' && !/[\p{Cc}\p{Cs}]/u.test(value);
    if (isText && value.length >= least && value.length <= most) return undefined;
    return `must be text of ${least} to ${most} characters, without control characters`;
  });
}

/** What reading comes to; `undefined` if it throws. */
export function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with members, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function all(...rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const rule of rules.toReversed()) rule(target, property);
  };
}
