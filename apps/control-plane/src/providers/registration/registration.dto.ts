import { canParseUrl } from '@vitals/core/check';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsObject,
  IsString,
  Length,
  Matches,
  MaxLength,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { NAME_PATTERN } from '../provider.js';

@ValidatorConstraint({ name: 'isUrl' })
class IsUrl implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && value.length <= 2_048 && canParseUrl(value);
  }

  defaultMessage(): string {
    return 'endpoint must be a URL with a scheme, such as "http://10.0.0.7:8080", of at most 2048 characters';
  }
}

@ValidatorConstraint({ name: 'isLabels' })
class IsLabels implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return (
      isObject &&
      Object.entries(value).every(
        ([key, text]) => key.length <= 253 && typeof text === 'string' && text.length <= 253,
      )
    );
  }

  defaultMessage(): string {
    return 'labels must be an object of strings, each key and value at most 253 characters';
  }
}

/** Where a provider is and what it has; further members are kept as they are. */
export class MetadataDto {
  @IfGiven()
  @IsString()
  @MaxLength(253)
  region_code?: string;

  @IfGiven()
  @IsString()
  @MaxLength(253)
  zone?: string;

  @IfGiven()
  @IsObject()
  resources?: Record<string, unknown>;

  [member: string]: unknown;
}

/** What may be applied to a name: a registration without it. */
export class ApplyProviderDto {
  @Validate(IsUrl)
  endpoint!: string;

  @IsString()
  @Length(1, 253)
  service_type!: string;

  @IsString()
  @Length(1, 64)
  schema_version!: string;

  @IfGiven()
  @IsString()
  @MaxLength(1_024)
  display_name?: string;

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  operations?: string[];

  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => MetadataDto)
  metadata?: MetadataDto;

  @IfGiven()
  @Transform(({ obj }: { obj: { labels?: unknown } }) => obj.labels)
  @Validate(IsLabels)
  labels?: Record<string, string>;

  @IfGiven()
  @IsString()
  @Matches(/^\/[\x21-\x7e]{0,1023}$/, {
    message: 'health_path must begin with "/", and have at most 1024 printable ASCII characters',
  })
  health_path?: string;
}

/** A registration. */
export class RegisterProviderDto extends ApplyProviderDto {
  @IsString()
  @Matches(NAME_PATTERN, {
    message:
      'name must be 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begin and end with a letter or digit',
  })
  name!: string;
}

/** The id that a provider may choose for itself. */
export class RegisterProviderQuery {
  @IfGiven()
  @IsString()
  @Matches(/^[\x21-\x7e]{1,253}$/, {
    message: 'id must be 1 to 253 printable ASCII characters without spaces',
  })
  id?: string;
}
