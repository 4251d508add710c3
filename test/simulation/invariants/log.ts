import type { RecordedTransition } from '@vitals/core/transition';

/** Something that a log of transitions may not have. */
export interface LogFault {
  readonly subject: number;
  readonly detail: string;
}

/** Gaps in the sequence, and transitions that do not follow from the one before of their subject. */
export function faultsOfLog(log: readonly RecordedTransition[]): LogFault[] {
  const states = new Map<string, string>();
  return log.flatMap(({ sequence, subject, from, to }, at) => {
    const index = Number(subject.slice(1));
    const faults: LogFault[] = [];
    if (sequence !== at + 1)
      faults.push({ subject: index, detail: `sequence ${sequence} at place ${at + 1}` });
    const before = states.get(subject) ?? 'Unknown';
    if (before !== from || from === to) {
      faults.push({ subject: index, detail: `${from} → ${to} after ${before}` });
    }
    states.set(subject, to);
    return faults;
  });
}
