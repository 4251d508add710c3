import { Injectable } from '@nestjs/common';
import { type ProbeResult, type ProbeTarget, withoutSecrets } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { denied, type Finding, findingOf, ProbeRun, Probes, spoken, unjudged } from '@vitals/probes';
import { AtShutdown } from '../shutdown/stages.js';
import { Connectivity } from './guard/connectivity.js';
import { GuardedConnector } from './guard/guarded.connector.js';
import { TargetPolicy } from './guard/target.policy.js';
import { DescriptorBudget } from './probe.lanes.js';

/** Looks at targets, each in its way. */
@Injectable()
export class Prober {
  private readonly probes: Probes;
  private readonly runs = new Set<ProbeRun>();
  /** Of targets as they are given: the same object is judged once, for the settings do not change. */
  private readonly refusals = new WeakMap<ProbeTarget, string | false>();

  constructor(
    private readonly targets: TargetPolicy,
    connector: GuardedConnector,
    private readonly connectivity: Connectivity,
    private readonly clock: RunningClock,
    { mostIdle }: DescriptorBudget,
  ) {
    this.probes = new Probes(connector, clock, mostIdle);
  }

  /**
   * One look at a target; never rejects. `denied` if the settings forbid it, `unjudged` if this process could not
   * look, also where a failure cannot be told from one of its own network. `durationMs` is that of the look alone.
   * @param timeoutMs for all of it: name, connection, TLS, headers and body
   */
  async probe(target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
    const run = new ProbeRun(this.clock, this.clock, timeoutMs);
    this.runs.add(run);
    let finding: Finding;
    try {
      const refusal = this.refusalOf(target);
      finding =
        refusal === false ? await this.probes.look(this.targets.resolved(target), run) : denied(refusal);
    } catch (error) {
      finding = findingOf(error, run);
    }
    const durationMs = run.elapsedMs;
    run.end();
    this.runs.delete(run);
    if (finding.outcome === 'failure' && !(await this.connectivity.isThere()))
      finding = unjudged(`this process has no network, so this says nothing: ${finding.message}`);
    return {
      outcome: finding.outcome,
      message: spoken(withoutSecrets(finding.message, this.targets.resolved(target))),
      durationMs,
    };
  }

  /** How many connections are kept open for HTTP checks, and how many of them are idle. */
  get httpConnections(): { readonly open: number; readonly idle: number } {
    return this.probes.connections.counts;
  }

  /** Cuts off every look that goes on; what they resolve with says nothing of their targets. */
  @AtShutdown('stop-judging')
  stop(): void {
    for (const run of this.runs) run.end();
    this.probes.connections.closeAll();
  }

  private refusalOf(target: ProbeTarget): string | false {
    const known = this.refusals.get(target);
    if (known !== undefined) return known;
    const refusal = this.targets.refusalOf(target) ?? false;
    this.refusals.set(target, refusal);
    return refusal;
  }
}
