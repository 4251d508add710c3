import type { Suppression } from '@vitals/core/transition';
import type { MassFailureAlarm } from '../../../../apps/control-plane/src/mass-failures/mass-failure.alarm.js';
import type { CheckTransition } from '../../../../apps/control-plane/src/checks/check.transitions.js';
import { isOpen } from '../world/population.js';
import { ancestorsOf } from './ancestors.js';
import type { Audit } from './audit.js';
import type { Violation } from './finding.js';
import type { Seen } from './oracle.js';
import { CLOCK_SLACK_MS, type Witness } from './witness.js';

/** In the longest time before a removal there are several standstills, each of which counts for a beat; in milliseconds. */
const REMOVAL_SLACK_MS = 2_000;

/** Asks of every transition, at the instant at which it is decided, which fault explains it. */
export class Judgement {
  private readonly thawed = new Map<string, number>();

  constructor(
    private readonly seen: Seen,
    private readonly audit: Audit,
    private readonly find: (violation: Violation, id: string, detail: string) => void,
  ) {}

  /** A process says that a mass failure began or ended. */
  alarmed({ scope, kind }: MassFailureAlarm): void {
    if (kind !== 'began') this.thawed.set(scope === 'fleet' ? scope : scope.zone, this.seen.nowMs());
  }

  decided(witness: Witness, transition: CheckTransition): void {
    const { from, to } = transition;
    if (from === 'Maintenance' || to === 'Maintenance') this.maintenance(witness, transition);
    else if (to === 'Removed') this.removal(witness, transition);
    else if (from === to) this.late(witness, transition);
    else this.verdict(witness, transition);
    this.suppression(witness, transition);
  }

  private verdict(witness: Witness, { from, to, subject }: CheckTransition): void {
    const { failures, successes, lastOutcome, service } = witness;
    const { failuresBeforeCritical, failuresBeforeWarning, successBeforePassing } = service.plan.definition;
    const silences = witness.silences(this.seen.plane.ranMs, CLOCK_SLACK_MS);
    const failed = failures + silences;
    const isExplained = {
      Critical: failed >= (from === 'Pending' ? 1 : failuresBeforeCritical) && this.wasFailing(witness),
      Warning: lastOutcome === 'denied' || (failed >= failuresBeforeWarning && this.wasFailing(witness)),
      Passing: lastOutcome === 'success' && successes >= (from === 'Pending' ? 1 : successBeforePassing),
    }[to as string];
    const seen = `${failures}+${silences} failures, ${successes} successes, last ${lastOutcome}`;
    if (!isExplained) this.find('transition without a fault', subject, `${from} to ${to}: ${seen}`);
    if (to === 'Critical') this.audit.detected(service);
    this.audit.counts.explained[to] = (this.audit.counts.explained[to] ?? 0) + 1;
  }

  /** Whether it was failing at some time after the last thing that was heard of it. */
  private wasFailing({ service, heardAtMs }: Witness): boolean {
    return service.truth === 'failing' || (service.failedUntilMs ?? -1) >= heardAtMs;
  }

  private removal(witness: Witness, { subject }: CheckTransition): void {
    const { deregisterAfterMs } = witness.service.plan.definition;
    const forMs = witness.failingForMs(this.seen.plane.ranMs) ?? -1;
    this.audit.counts.removals++;
    if (
      deregisterAfterMs === 0 ||
      forMs + REMOVAL_SLACK_MS < deregisterAfterMs ||
      !this.wasFailing(witness)
    ) {
      this.find('removed too early', subject, `after ${forMs} of ${deregisterAfterMs} ms`);
    }
    const massFailure = this.seen.massFailures.certain(witness.service);
    if (massFailure) this.find('removed in a mass failure', subject, `which began at ${massFailure.beganMs}`);
    const { plan, truth, sinceMs } = witness.service;
    const thawedMs = this.thawedMs(witness);
    if (plan.isTtl && truth === 'up' && sinceMs <= thawedMs) {
      this.find('removed in a mass failure', subject, `well again when it had ended at ${thawedMs}`);
    }
  }

  /** When the last mass failure of its tag, or of everybody, was told to be over. */
  private thawedMs({ service }: Witness): number {
    const times = [
      this.thawed.get('fleet'),
      service.tag === undefined ? undefined : this.thawed.get(service.tag),
    ];
    return Math.max(...times.map((ms) => ms ?? Number.NEGATIVE_INFINITY));
  }

  private maintenance(witness: Witness, { to, subject }: CheckTransition): void {
    const { service } = witness;
    const open = isOpen(service.windows, this.seen.wallMs());
    if (open !== (to === 'Maintenance')) {
      this.find(
        'transition without a fault',
        subject,
        `to ${to} while its window is ${open ? 'open' : 'closed'}`,
      );
    }
    if (!open) this.resume(witness);
    else witness.maintenanceRanMs = this.seen.plane.ranMs;
    this.audit.counts.explained['Maintenance'] = (this.audit.counts.explained['Maintenance'] ?? 0) + 1;
  }

  /** A message within the window starts the silence of a TTL anew, otherwise it goes on where it stood. */
  private resume(witness: Witness): void {
    const { ranMs } = this.seen.plane;
    const wasHeard = !witness.service.plan.isTtl || witness.heardMs === Number.POSITIVE_INFINITY;
    const heardMs = wasHeard ? ranMs : witness.heardMs + ranMs - (witness.maintenanceRanMs ?? ranMs);
    witness.resumes(ranMs, this.seen.nowMs());
    witness.heardMs = heardMs;
  }

  private late(witness: Witness, { subject }: CheckTransition): void {
    this.audit.counts.explained['notified late'] = (this.audit.counts.explained['notified late'] ?? 0) + 1;
    const failed = witness.failures + witness.silences(this.seen.plane.ranMs, CLOCK_SLACK_MS);
    if (witness.suppressed !== 'parent' || failed === 0 || this.hasCriticalAncestor(subject)) {
      this.find('wrongly suppressed', subject, 'told again without a reason');
    }
  }

  private suppression(witness: Witness, { from, to, subject, suppressed }: CheckTransition): void {
    const expected = this.expectedSuppression(witness, from, to);
    if (suppressed !== expected) {
      this.find('wrongly suppressed', subject, `${from} to ${to}: ${suppressed}, should be ${expected}`);
    }
    if (suppressed !== 'maintenance') witness.suppressed = to === 'Passing' ? undefined : suppressed;
    if (suppressed) this.audit.counts.suppressed++;
  }

  private expectedSuppression(witness: Witness, from: string, to: string): Suppression | undefined {
    if (from === 'Maintenance' || to === 'Maintenance') return 'maintenance';
    if (to === 'Removed') return undefined;
    if (to === 'Passing') return witness.suppressed;
    return this.hasCriticalAncestor(witness.service.plan.id) ? 'parent' : undefined;
  }

  private hasCriticalAncestor(id: string): boolean {
    const { process } = this.seen.plane;
    const check = process?.directory.find(id);
    return (
      check !== undefined && ancestorsOf(check, process).some(({ state }) => state.verdict === 'Critical')
    );
  }
}
