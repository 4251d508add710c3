import { tryParseTimestamp } from '@vitals/core/time';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { type BucketWidth, BUCKET_WIDTHS } from '../check.rows.js';
import { PageQuery } from '../../providers/reading/list.query.js';
import { CHECK_TYPES, type CheckType } from './body/check.dto.js';
import { Rule } from './body/rule.js';

/** What a check can be shown as. */
export const CHECK_STATUSES = ['Pending', 'Passing', 'Warning', 'Critical', 'Maintenance'] as const;

/** Which checks to list. */
export class ListChecksQuery extends PageQuery {
  @IfGiven()
  @IsIn(CHECK_STATUSES)
  status?: (typeof CHECK_STATUSES)[number];

  @IfGiven()
  @IsIn(CHECK_TYPES)
  type?: CheckType;

  @IfGiven()
  @Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' })
  label?: string | string[];

  @IfGiven()
  @IsIn(['true', 'false'])
  stale?: 'true' | 'false';
}

/** Which transitions of a check to read. */
export class CheckTransitionsQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  before?: number;

  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 100;
}

/** Which part of the uptime of a check to read. */
export class UptimeQuery {
  @IfGiven()
  @IsIn(BUCKET_WIDTHS)
  resolution: BucketWidth = 'hour';

  @IfGiven()
  @Rule(timeFault)
  from?: string;

  @IfGiven()
  @Rule((value, { from }: UptimeQuery) => {
    const fault = timeFault(value);
    if (fault !== undefined || from === undefined || timeFault(from) !== undefined) return fault;
    const isAfter = Number(tryParseTimestamp(String(value))) > Number(tryParseTimestamp(from));
    return isAfter ? undefined : 'must be after from';
  })
  to?: string;
}

function timeFault(value: unknown): string | undefined {
  if (typeof value === 'string' && tryParseTimestamp(value) !== undefined) return undefined;
  return 'must be an RFC 3339 timestamp such as 2026-01-31T10:00:00Z, a "+" in it percent-encoded';
}
