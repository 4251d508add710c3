import type { MassFailureLog } from '../../mass-failures/mass-failure.log.js';
import type { DeclaredAcknowledgement } from '../declarations.js';
import type { Draft } from './plan.js';

const SECOND_MS = 1_000;

/**
 * Plans the end of mass failures that are acknowledged: of the one that began then, and of no later one. An entry
 * that names none that goes on does nothing, so that it may stay in the file.
 */
export function planAcknowledgements(
  declared: readonly DeclaredAcknowledgement[],
  log: MassFailureLog,
  draft: Draft,
): void {
  const keys = new Set<number>();
  for (const { kind, zone, beganAtMs } of declared) {
    const failure = log.ongoing(kind, zone);
    if (!failure || keys.has(failure.key) || secondOf(failure.beganAtMs) !== secondOf(beganAtMs)) {
      draft.unchanged++;
      continue;
    }
    keys.add(failure.key);
    const fields = [{ pointer: '/state', from: 'ongoing', to: 'acknowledged' }];
    draft.change.push({ kind: 'mass-failure', id: String(failure.key), fields });
  }
  draft.stages.push([...keys].map((key) => ({ kind: 'acknowledge', key })));
}

function secondOf(epochMs: number): number {
  return Math.floor(epochMs / SECOND_MS);
}
