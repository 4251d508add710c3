import { Validate, type ValidationArguments, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';

/**
 * A rule of one member, which may look at the members beside it: what is wrong, in words that say what to give
 * instead; `undefined` if nothing is. A member has one rule at most.
 */
export function Rule<T extends object>(
  faultOf: (value: unknown, beside: T) => string | undefined,
): PropertyDecorator {
  class RuleConstraint implements ValidatorConstraintInterface {
    validate(value: unknown, { object }: ValidationArguments): boolean {
      return faultOf(value, object as T) === undefined;
    }

    defaultMessage({ value, object }: ValidationArguments): string {
      return faultOf(value, object as T) ?? '';
    }
  }
  ValidatorConstraint({ name: 'rule' })(RuleConstraint);
  return Validate(RuleConstraint);
}

/** Text of so many characters, without those that would end a line or hide something. */
export function textFault(value: unknown, least: number, most: number): string | undefined {
  const isText = typeof value === 'string' && !/[\p{Cc}\p{Cs}]/u.test(value);
  if (isText && value.length >= least && value.length <= most) return undefined;
  return `must be text of ${least} to ${most} characters, without control characters`;
}

/** Whether a value is an object with members, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
