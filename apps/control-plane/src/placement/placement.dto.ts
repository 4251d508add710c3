import { type Requirement, STRATEGIES, type Strategy } from '@vitals/core/placement';
import { IsIn, IsNotEmptyObject, IsString } from 'class-validator';
import {
  LabelPairs,
  Member,
  Nested,
  OptionalMember,
  Part,
  Rule,
  Whole,
  WholeText,
  YesNo,
} from '../http/members.js';
import * as s from '../http/schema.js';
import { readLabels } from '../http/validation.js';
import { Amount, isAmount, OF_AMOUNT, readCapacity } from '../providers/provider.schema.js';

s.enumeration('Strategy', STRATEGIES);

/** The members of a requirement that are amounts. */
const NEEDED = (['cpu', 'memory', 'storage'] as const).map((resource) => [resource, resource] as const);

const OF_STRATEGY = 'spread: the most free first. pack: the least free first. random: by the seed.';
const OF_SEED = 'Equal seeds give equal orders.';
const MAX_SEED = 2 ** 32 - 1;

/** An amount of a resource, which is read later. */
function AmountOf(): PropertyDecorator {
  return OptionalMember(
    s.ref(Amount),
    Rule((value) => (isAmount(value) ? undefined : OF_AMOUNT)),
  );
}

/** What the work needs. */
@Part('What the work needs.')
export class RequirementDto {
  @OptionalMember('What is needed, such as "vm".', IsString())
  service_type?: string;

  @AmountOf()
  cpu?: string | number;

  @AmountOf()
  memory?: string | number;

  @AmountOf()
  storage?: string | number;

  @OptionalMember('All of them are needed.', IsString({ each: true }))
  capability?: string | string[];

  @OptionalMember('metadata.region_code.', IsString())
  region?: string;

  @OptionalMember('metadata.zone.', IsString())
  zone?: string;

  @OptionalMember('`key=value`; all must hold.', LabelPairs())
  label?: string | string[];
}

/** What the work needs, and how to choose. */
export class PlacementQuery extends RequirementDto {
  @OptionalMember('The most candidates.', WholeText(1, 1_000))
  limit: number = 10;

  @OptionalMember(OF_STRATEGY, IsIn(STRATEGIES))
  strategy: Strategy = 'spread';

  @OptionalMember(OF_SEED, WholeText(0, MAX_SEED))
  seed: number = 0;

  @OptionalMember('`true` counts why providers were left out.', YesNo())
  explain?: string;
}

/** Resources to hold at whichever provider is best. */
export class ReserveDto {
  @Member({}, IsNotEmptyObject(), Nested(() => RequirementDto))
  requirement!: RequirementDto;

  @Member('How long to hold it unless it is confirmed.', Whole(1, 86_400))
  ttl_seconds!: number;

  @OptionalMember(OF_STRATEGY, IsIn(STRATEGIES))
  strategy: Strategy = 'spread';

  @OptionalMember(OF_SEED, Whole(0, MAX_SEED))
  seed: number = 0;
}

/**
 * What the work needs.
 * @param pointer JSON Pointer of `given` in the request
 * @throws VitalsError `request-invalid`, naming every amount that cannot be read
 */
export function requirementOf(given: RequirementDto, pointer = ''): Requirement {
  return {
    serviceType: given.service_type,
    resources: readCapacity({ ...given }, pointer, NEEDED),
    capabilities: [given.capability ?? []].flat(),
    region: given.region,
    zone: given.zone,
    labels: readLabels(given.label),
  };
}
