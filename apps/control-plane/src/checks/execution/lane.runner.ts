import { Injectable } from '@nestjs/common';
import type { ProbeResult, ProbeTarget } from '@vitals/core/check';
import { hostOf, ProbeLanes } from '../../outbound/probe.lanes.js';
import { Prober } from '../../outbound/prober.js';
import type { Check } from '../check.js';

/** Runs a check where there is room for it: the failing keep out of the way of the others. */
@Injectable()
export class LaneRunner {
  constructor(
    private readonly lanes: ProbeLanes,
    private readonly prober: Prober,
  ) {}

  /** Resolves with what was found, never rejects. @param onStart called when the look begins */
  run(check: Check, onStart: () => void): Promise<ProbeResult> {
    const target = check.definition.target as ProbeTarget;
    const failing = check.state.failures > 0;
    return this.lanes.run({ host: hostOf(target), failing }, () => {
      onStart();
      return this.prober.probe(target, check.definition.timeoutMs);
    });
  }
}
