import { Injectable } from '@nestjs/common';
import { LeaseTable } from '@vitals/core/lease';
import { Journal } from '../database/journal.js';
import { SilenceEvidence } from '../provider-health/provider.polls.js';
import { providersDecided } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';

/** Decides who has fallen silent. */
export abstract class SilenceJudge {
  /** Takes up to `limit` providers whose deadline has passed. @returns how many it took; as many: there may be more */
  abstract judge(limit: number): number;
}

/** In a process that judges all providers: a decision stands at once, and is written as soon as it can be. */
@Injectable()
export class LocalJudge extends SilenceJudge {
  constructor(
    private readonly leases: LeaseTable,
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly evidence: SilenceEvidence,
  ) {
    super();
  }

  judge(limit: number): number {
    const transitions = this.leases.sweep(limit);
    if (transitions.length === 0) return 0;
    const silent = transitions.map(({ subject }) => this.directory.get(subject));
    const keyed = silent.map(({ key, name }, at) => {
      const transition = transitions[at] as (typeof transitions)[number];
      return { ...transition, cause: transition.cause + this.evidence.of(name), key };
    });
    this.journal.record(providersDecided, keyed).catch(() => undefined);
    for (const provider of silent) this.directory.noteChange(provider);
    return transitions.length;
  }
}
