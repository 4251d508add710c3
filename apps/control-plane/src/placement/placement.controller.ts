import { Controller, Get, Query } from '@nestjs/common';
import { type Candidate, exclusionOf, freeOf, rank } from '@vitals/core/placement';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderView } from '../providers/provider.view.js';
import { PlacementQuery, requirementOf } from './placement.query.js';

/** A provider that can take the work. Field names are those of the wire. */
export interface CandidateBody {
  readonly name: string;
  readonly endpoint: string;
  readonly zone: string | null;
  readonly free: Candidate['capacity'];
  readonly score: number;
  readonly availability: Candidate['availability'];
}

/** Where work may go now. */
@Controller('placement')
export class PlacementController {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
  ) {}

  @Get('candidates')
  candidates(@Query() query: PlacementQuery): {
    candidates: CandidateBody[];
    excluded?: Record<string, number>;
    considered: number;
  } {
    const requirement = requirementOf(query);
    const fitting: Candidate[] = [];
    const excluded = new Map<string, number>();
    for (const provider of this.directory.all()) {
      const candidate = this.view.candidate(provider);
      const reason = exclusionOf(candidate, requirement);
      if (reason === undefined) fitting.push(candidate);
      else excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
    }
    const ranked = rank(fitting, query.strategy, query.seed).slice(0, query.limit);
    return {
      candidates: ranked.map(({ candidate, score }) => ({
        name: candidate.name,
        endpoint: candidate.endpoint,
        zone: candidate.zone ?? null,
        free: freeOf(candidate.capacity, candidate.allocated),
        score: Math.round(score * 1e6) / 1e6,
        availability: candidate.availability,
      })),
      ...(query.explain === 'true' && { excluded: Object.fromEntries(excluded) }),
      considered: this.directory.size,
    };
  }
}
