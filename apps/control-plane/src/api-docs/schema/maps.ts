import type { Component } from './schema.js';

/** Labels by their keys. */
export const Labels: Component<Readonly<Record<string, string>>> = {
  name: 'Labels',
  schema: {
    type: 'object',
    description: 'Labels by their keys.',
    additionalProperties: { type: 'string', maxLength: 253 },
    propertyNames: { maxLength: 253 },
  },
};

/** How many providers were left out, by why. */
export const Excluded: Component<Readonly<Record<string, number>>> = {
  name: 'Excluded',
  schema: {
    type: 'object',
    description: 'Why providers were left out, and how many of them.',
    additionalProperties: { type: 'integer', minimum: 1 },
  },
};

/** Members that are not described. */
export const AnyMembers: Component<object> = {
  name: 'AnyMembers',
  schema: { type: 'object', description: 'An object of any members.', additionalProperties: true },
};
