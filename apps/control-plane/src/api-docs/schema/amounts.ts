import { type Capacity, RESOURCES } from '@vitals/core/placement';
import { component, type Component, ref, type Schema } from './schema.js';

/** An amount as it may be given. */
export const Amount: Component<number | string> = {
  name: 'Amount',
  schema: {
    type: ['number', 'string'],
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    pattern: '^[0-9]{1,18}(\\.[0-9]{1,18})? ?[A-Za-z]{0,3}$',
    description:
      'CPU: cores, or text such as "500m". Memory and storage: bytes, or text such as "1TB" or "8GiB". node: a count.',
    examples: [8, '500m'],
  },
};

/** Amounts as they may be given; other members are passed over. */
export const Amounts: Component<object> = {
  name: 'Amounts',
  schema: {
    type: 'object',
    description: 'Amounts of resources; other members are passed over.',
    properties: Object.fromEntries(
      RESOURCES.flatMap((resource) => [
        [resource, ref(Amount)],
        [`total_${resource}`, ref(Amount)],
      ]),
    ),
    examples: [{ cpu: 8, memory: '32GB' }],
  },
};

const AMOUNT: Schema = { type: 'number', minimum: 0 };

/** `Capacity`. */
export const KnownAmounts = component<Capacity>(
  'Capacity',
  'Cores of cpu, bytes of memory and storage, a count of node; what was never stated is left out.',
  {},
  { cpu: AMOUNT, memory: AMOUNT, storage: AMOUNT, node: AMOUNT },
);
