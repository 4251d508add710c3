import { canParseUrl } from '@vitals/core/check';
import type { FieldFault } from '@vitals/core/errors';
import { pointerTo } from '@vitals/core/json';
import { type Capacity, parseAmount, type Resource, RESOURCES } from '@vitals/core/placement';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject } from 'class-validator';
import {
  isRecord,
  Member,
  Nested,
  OptionalMember,
  Part,
  Pattern,
  Rule,
  Text,
  TextOfEach,
} from '../http/members.js';
import * as s from '../http/schema.js';
import { invalid } from '../http/validation.js';
import { NAME_PATTERN, PHASES } from './provider.js';

/** The name of a provider. */
export const NAME: s.Schema<string> = { type: 'string', pattern: NAME_PATTERN.source, examples: ['p1'] };

/** The phase of a provider. */
export const PHASE: s.Schema<string | null> = s.orNull({
  type: 'string',
  enum: s.enumeration('Phase', PHASES),
  description: 'What it reported last; null before its first heartbeat.',
});

/** Labels by their keys. */
export const LABELS = s.ref(
  s.component<Readonly<Record<string, string>>>('Labels', {
    type: 'object',
    description: 'Labels by their keys.',
    additionalProperties: { type: 'string', maxLength: 253 },
    propertyNames: { maxLength: 253 },
  }),
);

/** Whether a value is an object of texts, each key and value of at most 253 characters. */
export function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  const isLabel = ([key, text]: [string, unknown]): boolean =>
    key.length <= 253 && typeof text === 'string' && text.length <= 253;
  return isRecord(value) && Object.entries(value).every(isLabel);
}

/** An amount as it may be given. */
export const Amount = s.component<number | string>('Amount', {
  type: ['number', 'string'],
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  pattern: '^[0-9]{1,18}(\\.[0-9]{1,18})? ?[A-Za-z]{0,3}$',
  description:
    'CPU: cores, or text such as "500m". Memory and storage: bytes, or text such as "1TB" or "8GiB". node: a count.',
  examples: [8, '500m'],
});

/** The members in which amounts are named: as at registration (`total_cpu`), or as in an update, which counts more. */
const MEMBERS = RESOURCES.flatMap((resource) => [
  [`total_${resource}`, resource] as const,
  [resource, resource] as const,
]);

/** Amounts as they may be given; other members are passed over. */
export const Amounts = s.component<Readonly<Record<string, unknown>>>('Amounts', {
  type: 'object',
  description: 'Amounts of resources; other members are passed over.',
  properties: Object.fromEntries(
    RESOURCES.flatMap((resource) => [resource, `total_${resource}`]).map((member) => [member, s.ref(Amount)]),
  ),
  examples: [{ cpu: 8, memory: '32GB' }],
});

/** A number that is not negative. */
export const AMOUNT: s.Schema<number> = { type: 'number', minimum: 0 };

/** Amounts as they are answered. */
export const Capacities: s.Component<Capacity> = s.object(
  'Capacity',
  'Cores of cpu, bytes of memory and storage, a count of node; what was never stated is left out.',
  {},
  { cpu: AMOUNT, memory: AMOUNT, storage: AMOUNT, node: AMOUNT },
);

/**
 * Reads amounts of resources; other members are passed over.
 * @param pointer JSON Pointer of `given` in the request
 * @throws VitalsError `request-invalid`, naming every amount that is wrong
 */
export function readCapacity(
  given: object,
  pointer: string,
  members: readonly (readonly [string, Resource])[] = MEMBERS,
): Capacity {
  const capacity: Record<string, number> = {};
  const faults: FieldFault[] = [];
  for (const [member, resource] of members) {
    const amount = Object.hasOwn(given, member) ? (given as Record<string, unknown>)[member] : undefined;
    if (amount === undefined) continue;
    try {
      if (!isAmount(amount)) throw new Error(OF_AMOUNT);
      capacity[resource] = parseAmount(resource, amount);
    } catch (error) {
      faults.push({ pointer: pointerTo(pointer, member), detail: (error as Error).message });
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return capacity;
}

/** Whether a value may be an amount; whether it can be read is another question. */
export function isAmount(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** What is said of what is none. */
export const OF_AMOUNT = 'must be a number, or a string with a unit';

const OF_LABELS = 'must be an object of strings, each key and value at most 253 characters';

/** Where a provider is and what it has; further members are kept as they are. */
@Part('Where a provider is and what it has; further members are kept as they are.', {
  additionalProperties: true,
})
export class MetadataDto {
  @OptionalMember('Where placement finds it.', Text(0, 253))
  region_code?: string;

  @OptionalMember('Where placement finds it; providers of a zone may fail together.', Text(0, 253))
  zone?: string;

  @OptionalMember(
    { ...s.ref(Amounts), description: 'The capacity that it starts from, such as total_cpu.' },
    IsObject(),
  )
  resources?: Record<string, unknown>;

  [member: string]: unknown;
}

/** What may be applied to a name: a registration without it. */
export class ApplyProviderDto {
  @Member(
    { type: 'string', format: 'uri', maxLength: 2_048, description: 'Where it is reached.' },
    Rule(endpointFault),
  )
  endpoint!: string;

  @Member('What it provides, such as "vm".', Text(1, 253))
  service_type!: string;

  @Member('The version of what it provides.', Text(1, 64))
  schema_version!: string;

  @OptionalMember('For people.', Text(0, 1_024))
  display_name?: string;

  @OptionalMember('What it can be asked to do.', IsArray(), ArrayMaxSize(1_000), TextOfEach(253))
  operations?: string[];

  @OptionalMember({}, IsObject(), Nested(() => MetadataDto))
  metadata?: MetadataDto;

  @OptionalMember(
    { ...LABELS, description: 'For filters.' },
    Transform(({ obj }: { obj: { labels?: unknown } }) => obj.labels),
    Rule((value) => (isLabels(value) ? undefined : OF_LABELS)),
  )
  labels?: Record<string, string>;

  @OptionalMember(
    'The path, below its endpoint, at which its health is polled.',
    Pattern(
      /^\/[\x21-\x7e]{0,1023}$/,
      'must begin with "/", and have at most 1024 printable ASCII characters',
    ),
  )
  health_path?: string;
}

/** A registration. */
export class RegisterProviderDto extends ApplyProviderDto {
  @Member(
    'Its natural key.',
    Pattern(
      NAME_PATTERN,
      'name must be 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begin and end with a letter or digit',
    ),
  )
  name!: string;
}

function endpointFault(value: unknown): string | undefined {
  const isUrl = typeof value === 'string' && value.length <= 2_048 && canParseUrl(value);
  if (isUrl) return undefined;
  return 'must be a URL with a scheme, such as "http://10.0.0.7:8080", of at most 2048 characters';
}
