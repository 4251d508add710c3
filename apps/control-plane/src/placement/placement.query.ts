import type { FieldFault } from '@vitals/core/errors';
import { parseAmount, type Requirement, type Strategy, STRATEGIES } from '@vitals/core/placement';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { invalid, readLabels } from '../http/validation.js';

/** What the work needs, and how to choose. */
export class PlacementQuery {
  @IsOptional()
  @IsString()
  service_type?: string;

  @IsOptional()
  @IsString()
  cpu?: string;

  @IsOptional()
  @IsString()
  memory?: string;

  @IsOptional()
  @IsString()
  storage?: string;

  @IsOptional()
  @IsString({ each: true })
  capability?: string | string[];

  @IsOptional()
  @IsString()
  region?: string;

  @IsOptional()
  @IsString()
  zone?: string;

  @IsOptional()
  @Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' })
  label?: string | string[];

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 10;

  @IsOptional()
  @IsIn(STRATEGIES)
  strategy: Strategy = 'spread';

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(2 ** 32 - 1)
  seed: number = 0;

  @IsOptional()
  @IsIn(['true', 'false'])
  explain?: string;
}

/** What the work needs. @throws VitalsError `request-invalid`, naming every amount that cannot be read */
export function requirementOf(query: PlacementQuery): Requirement {
  const resources: Record<string, number> = {};
  const faults: FieldFault[] = [];
  for (const resource of ['cpu', 'memory', 'storage'] as const) {
    const amount = query[resource];
    if (amount === undefined) continue;
    try {
      resources[resource] = parseAmount(resource, amount);
    } catch (error) {
      faults.push({ pointer: `/${resource}`, detail: (error as Error).message });
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return {
    serviceType: query.service_type,
    resources,
    capabilities: [query.capability ?? []].flat(),
    region: query.region,
    zone: query.zone,
    labels: readLabels(query.label),
  };
}
