import { Controller, Get, Query } from '@nestjs/common';
import {
  type Candidate,
  exclusionOf,
  freeOf,
  rank,
  type Ranked,
  type Requirement,
} from '@vitals/core/placement';
import { Clock } from '@vitals/core/time';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderView } from '../providers/reading/provider.view.js';
import { Allow } from '../security/access.guard.js';
import { PlacementQuery, requirementOf } from './placement.query.js';

/** Providers looked at before other requests get their turn. */
const SLICE = 2_000;

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
    private readonly clock: Clock,
  ) {}

  @Get('candidates')
  @Allow('read')
  async candidates(
    @Query() query: PlacementQuery,
  ): Promise<{ candidates: CandidateBody[]; excluded?: Record<string, number>; considered: number }> {
    const requirement = requirementOf(query);
    const { fitting, excluded } = await this.scan(requirement);
    const best = rank(fitting, query.strategy, query.seed, query.limit);
    return {
      candidates: best
        .filter(({ candidate }) => this.stillFits(candidate.name, requirement))
        .map(writeCandidate),
      ...(query.explain === 'true' && { excluded: Object.fromEntries(excluded) }),
      considered: this.directory.size,
    };
  }

  /** In slices, so that a query over a large fleet does not keep heartbeats waiting. */
  private async scan(
    requirement: Requirement,
  ): Promise<{ fitting: Candidate[]; excluded: Map<string, number> }> {
    const fitting: Candidate[] = [];
    const excluded = new Map<string, number>();
    let scanned = 0;
    for (const provider of this.directory.all()) {
      if (++scanned % SLICE === 0) await new Promise<void>((resume) => this.clock.soon(resume));
      const candidate = this.view.candidate(provider);
      const reason = exclusionOf(candidate, requirement);
      if (reason === undefined) fitting.push(candidate);
      else excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
    }
    return { fitting, excluded };
  }

  /** A deadline may have passed while the scan went on; what is answered holds when it is answered. */
  private stillFits(name: string, requirement: Requirement): boolean {
    const provider = this.directory.find(name);
    return provider !== undefined && exclusionOf(this.view.candidate(provider), requirement) === undefined;
  }
}

function writeCandidate({ candidate, score }: Ranked): CandidateBody {
  return {
    name: candidate.name,
    endpoint: candidate.endpoint,
    zone: candidate.zone ?? null,
    free: freeOf(candidate.capacity, candidate.allocated),
    score: Math.round(score * 1e6) / 1e6,
    availability: candidate.availability,
  };
}
