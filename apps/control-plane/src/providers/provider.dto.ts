import { canParseUrl } from '@vitals/core/check';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject } from 'class-validator';
import { Member, Nested, OptionalMember, Part, Pattern, Rule, Text, TextOfEach } from '../http/members.js';
import * as s from '../http/schema.js';
import { NAME_PATTERN } from './provider.js';
import { isLabels, LABELS } from './provider.schema.js';
import { Amounts } from './resources.js';

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

/** The id that a provider may choose for itself. */
export class RegisterProviderQuery {
  @OptionalMember(
    'Chosen by the provider; must not belong to another name.',
    Pattern(/^[\x21-\x7e]{1,253}$/, 'must be 1 to 253 printable ASCII characters without spaces'),
  )
  id?: string;
}

function endpointFault(value: unknown): string | undefined {
  const isUrl = typeof value === 'string' && value.length <= 2_048 && canParseUrl(value);
  if (isUrl) return undefined;
  return 'must be a URL with a scheme, such as "http://10.0.0.7:8080", of at most 2048 characters';
}
