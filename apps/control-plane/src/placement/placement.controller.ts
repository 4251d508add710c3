import { Controller, Get, Query } from '@nestjs/common';
import { type Found, freeOf, type Requirement, STRATEGIES, type Strategy } from '@vitals/core/placement';
import { IsIn, IsString } from 'class-validator';
import { answerOf, arrayParts, type JsonText, memberParts, valuePart } from '../http/json-answer.js';
import { LabelPairs, OptionalMember, Part, Rule, WholeText, YesNo } from '../http/members.js';
import { chapter } from '../http/operation.js';
import * as s from '../http/schema.js';
import { readLabels } from '../http/validation.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import {
  Amount,
  AMOUNT,
  Capacities,
  isAmount,
  NAME,
  OF_AMOUNT,
  readCapacity,
} from '../providers/provider.schema.js';
import { AVAILABILITY, ProviderView } from '../providers/provider.view.js';
import { Allow } from '../security/access.guard.js';
import { PlacementService } from './placement.service.js';

s.enumeration('Strategy', STRATEGIES);

/** The members of a requirement that are amounts. */
const NEEDED = (['cpu', 'memory', 'storage'] as const).map((resource) => [resource, resource] as const);

/** How to choose among those that can take the work. */
export function StrategyMember(): PropertyDecorator {
  const words = 'spread: the most free first. pack: the least free first. random: by the seed.';
  return OptionalMember(words, IsIn(STRATEGIES));
}

/** The seed of a random choice. @param whole as a body or a query has it */
export function SeedMember(whole: (least: number, most: number) => PropertyDecorator): PropertyDecorator {
  return OptionalMember('Equal seeds give equal orders.', whole(0, 2 ** 32 - 1));
}

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

  @StrategyMember()
  strategy: Strategy = 'spread';

  @SeedMember(WholeText)
  seed: number = 0;

  @OptionalMember('`true` counts why providers were left out.', YesNo())
  explain?: string;
}

/**
 * What the work needs.
 * @param pointer JSON Pointer of `given` in the request
 * @throws VitalsError `request-invalid`, naming every amount that cannot be read
 */
export function requirementOf(given: RequirementDto, pointer = ''): Requirement {
  return {
    serviceType: given.service_type,
    resources: readCapacity(given, pointer, NEEDED),
    capabilities: [given.capability ?? []].flat(),
    region: given.region,
    zone: given.zone,
    labels: readLabels(given.label),
  };
}

/** Where a provider of a candidate or of a reservation is. */
export const ENDPOINT = s.text('Where it is reached.', { format: 'uri' });
export const ZONE = s.orNull(s.text('As it was registered.'));

const CandidateBody = s.object('Candidate', 'A provider that can take the work.', {
  name: NAME,
  endpoint: ENDPOINT,
  zone: ZONE,
  free: s.ref(Capacities),
  score: { ...AMOUNT, maximum: 1, description: 'By the strategy; the best comes first.' },
  availability: AVAILABILITY,
});
type CandidateBody = s.Of<typeof CandidateBody>;

const CandidatesBody = s.object(
  'CandidateList',
  'Where work may go now, the best first.',
  { candidates: s.listOf(s.ref(CandidateBody)), considered: s.whole('Providers that there are.', 0) },
  { excluded: s.EXCLUDED },
);
type CandidatesBody = s.Of<typeof CandidatesBody>;

/** Where work may go now. */
@Controller('placement')
export class PlacementController {
  constructor(
    private readonly service: PlacementService,
    private readonly view: ProviderView,
    private readonly directory: ProviderDirectory,
  ) {}

  @Get('candidates')
  @Allow('read')
  async findCandidates(@Query() query: PlacementQuery): Promise<JsonText<CandidatesBody>> {
    const requirement = requirementOf(query);
    const excluded = query.explain === 'true' ? await this.service.explain(requirement, 'used') : undefined;
    const found = this.service.placement.find(requirement, query, this.service.standingOf);
    return answerOf<CandidatesBody>(
      memberParts({
        candidates: arrayParts(found, (one) => this.bodyOf(one)),
        excluded: excluded && valuePart(excluded),
        considered: valuePart(this.directory.size),
      }),
      found.length,
    );
  }

  private bodyOf({ entry, score }: Found<Provider>): CandidateBody {
    return {
      name: entry.name,
      endpoint: entry.endpoint,
      zone: entry.zone ?? null,
      free: freeOf(entry.capacity, this.service.placement.used(entry)),
      score: Math.round(score * 1e6) / 1e6,
      availability: this.view.availability(entry),
    };
  }
}

chapter('Placement', PlacementController, {
  findCandidates: {
    summary: 'Finds providers that can take work now',
    answers: { 200: ['Those that fit, the best first.', CandidatesBody] },
  },
});
