import type { FieldFault } from '@vitals/core/errors';
import { parseAmount, type Requirement, type Strategy, STRATEGIES } from '@vitals/core/placement';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { IfGiven, invalid, readLabels } from '../http/validation.js';

@ValidatorConstraint({ name: 'isAmount' })
class IsAmount implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' || typeof value === 'number';
  }

  defaultMessage(): string {
    return '$property must be a number, or a string with a unit';
  }
}

/** What the work needs. */
export class RequirementDto {
  @IfGiven()
  @IsString()
  service_type?: string;

  @IfGiven()
  @Validate(IsAmount)
  cpu?: string | number;

  @IfGiven()
  @Validate(IsAmount)
  memory?: string | number;

  @IfGiven()
  @Validate(IsAmount)
  storage?: string | number;

  @IfGiven()
  @IsString({ each: true })
  capability?: string | string[];

  @IfGiven()
  @IsString()
  region?: string;

  @IfGiven()
  @IsString()
  zone?: string;

  @IfGiven()
  @Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' })
  label?: string | string[];
}

/** What the work needs, and how to choose. */
export class PlacementQuery extends RequirementDto {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 10;

  @IfGiven()
  @IsIn(STRATEGIES)
  strategy: Strategy = 'spread';

  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(2 ** 32 - 1)
  seed: number = 0;

  @IfGiven()
  @IsIn(['true', 'false'])
  explain?: string;
}

/**
 * What the work needs.
 * @param pointer JSON Pointer of `given` in the request
 * @throws VitalsError `request-invalid`, naming every amount that cannot be read
 */
export function requirementOf(given: RequirementDto, pointer = ''): Requirement {
  const resources: Record<string, number> = {};
  const faults: FieldFault[] = [];
  for (const resource of ['cpu', 'memory', 'storage'] as const) {
    const amount = given[resource];
    if (amount === undefined) continue;
    try {
      resources[resource] = parseAmount(resource, amount);
    } catch (error) {
      faults.push({ pointer: `${pointer}/${resource}`, detail: (error as Error).message });
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return {
    serviceType: given.service_type,
    resources,
    capabilities: [given.capability ?? []].flat(),
    region: given.region,
    zone: given.zone,
    labels: readLabels(given.label),
  };
}
