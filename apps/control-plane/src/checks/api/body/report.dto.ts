import { IsIn } from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { Rule, textFault } from './rule.js';

/** What can be reported of a TTL. */
export const REPORTS = ['pass', 'warn', 'fail'] as const;

/** A message for a TTL. */
export class ReportDto {
  @IsIn(REPORTS)
  status!: (typeof REPORTS)[number];

  @IfGiven()
  @Rule((value) => textFault(value, 0, 256))
  message?: string;
}
