import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { canonicalAddress, PROTOCOL, SERVICE_ID } from './check-id.js';

/** The shortest interval of a check, in milliseconds. */
export const MIN_INTERVAL_MS = 1_000;
/** The longest interval of a check, in milliseconds: a day. */
export const MAX_INTERVAL_MS = 86_400_000;
/** The longest time before a critical node is removed, in milliseconds: 30 days, more than an `int` of Java. */
export const MAX_REMOVAL_MS = 2_592_000_000;

const OF_INTERVAL = `interval must be whole milliseconds, from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}`;
const OF_REMOVAL = `deregisterCriticalServiceAfter must be whole milliseconds, from 0 (never) to ${MAX_REMOVAL_MS}`;

/** A path that text can be appended to, and nothing that a client reads differently from a server; empty for a TTL. */
export const HEALTH_PATH = /^(\/[\x21-\x22\x24-\x5b\x5d-\x7e]{0,1023})?$/;
/** What is asked of such a path, for whoever sent another. */
export const OF_HEALTH_PATH =
  'must begin with "/", and have at most 1024 printable ASCII characters, without "#" and "\\"';
const TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

const OF_ID = 'must be 1 to 253 letters, digits, ".", "_", "~" and "-", and begin with a letter or digit';

/** A member that may be left out, or be `null`: Java's clients write what they have not set. */
function IfSet(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null);
}

/** The same, where empty text is nothing as well. */
function IfNotEmpty(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null && value !== '');
}

@ValidatorConstraint({ name: 'isAddress' })
class IsAddress implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && canonicalAddress(value) !== undefined;
  }

  defaultMessage(): string {
    return 'address must be a host name, an IPv4 address such as 10.0.0.7, or an IPv6 address without a zone';
  }
}

/** The check of a node, as its clients send it; what else they send is ignored. Durations in milliseconds. */
export class RegisteredCheckDto {
  @IfNotEmpty()
  @IsString()
  @MaxLength(1_024)
  id?: string | null;

  @IfSet()
  @IsInt({ message: OF_INTERVAL })
  @Min(MIN_INTERVAL_MS, { message: OF_INTERVAL })
  @Max(MAX_INTERVAL_MS, { message: OF_INTERVAL })
  interval?: number | null;

  @IfSet()
  @IsInt({ message: OF_REMOVAL })
  @Min(0, { message: OF_REMOVAL })
  @Max(MAX_REMOVAL_MS, { message: OF_REMOVAL })
  deregisterCriticalServiceAfter?: number | null;

  @IfSet()
  @IsString()
  @Matches(HEALTH_PATH, { message: `healthPath ${OF_HEALTH_PATH}` })
  healthPath?: string | null;

  @IfSet()
  @IsString()
  @MaxLength(2_048)
  http?: string | null;

  @IfSet()
  @IsBoolean()
  tlsSkipVerify?: boolean | null;
}

/** Which node it is. */
export class ServiceNodeDto {
  @IsString()
  @Matches(SERVICE_ID, { message: `serviceId ${OF_ID}` })
  serviceId!: string;

  @IfNotEmpty()
  @IsString()
  @Matches(SERVICE_ID, { message: `tag ${OF_ID}` })
  tag?: string | null;

  @IsString()
  @Matches(PROTOCOL, {
    message:
      'protocol must be 1 to 32 letters, digits, "+", "." and "-", and begin with a letter, such as "https"',
  })
  protocol!: string;

  @Validate(IsAddress)
  address!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;
}

/** A node that registers. */
export class RegisterServiceDto extends ServiceNodeDto {
  @IfSet()
  @IsString()
  @MaxLength(253)
  @Matches(TEXT, { message: 'name must be text without control characters' })
  name?: string | null;

  @IfSet()
  @IsObject()
  @ValidateNested()
  @Type(() => RegisteredCheckDto)
  check?: RegisteredCheckDto | null;
}

/** A node that goes. */
export class DeregisterServiceQuery extends ServiceNodeDto {
  @Type(() => Number)
  override port!: number;

  @IfSet()
  @IsString()
  checkInterval?: string;
}

/** Whose nodes are looked up. */
export class LookupQuery {
  @IsString()
  @Matches(SERVICE_ID, { message: `serviceId ${OF_ID}` })
  serviceId!: string;

  @IfNotEmpty()
  @IsString()
  @Matches(SERVICE_ID, { message: `tag ${OF_ID}` })
  tag?: string;

  /** Sent by older clients of light-4j, without a value: only nodes that are not critical are answered anyway. */
  @IfSet()
  @IsString()
  passing?: string;
}
