import { Injectable } from '@nestjs/common';
import type { ProbeResult } from '@vitals/core/check';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { CheckRecorder } from './check.recorder.js';

/** What happened to a check. */
export type Happening = { readonly check: Check } & (
  | {
      /** A run, or a message for a TTL, ended. */
      readonly kind: 'result';
      readonly result: ProbeResult;
      /** Of the running clock of this process. */
      readonly startedAtMs: number;
    }
  /** The deadline of a TTL may be over. */
  | { readonly kind: 'due' }
  | { readonly kind: 'maintenance'; readonly open: boolean }
  /** It was silent, or seemed to be, while that could not be judged. */
  | { readonly kind: 'excuse' }
);

/**
 * Judges what happens to checks, for each one after the other, and never while a change of the check is being decided
 * or written.
 */
export abstract class CheckJudge {
  /**
   * Judges what happened, by what is known of the check when its turn comes. When that is known to all who ask this
   * process, it resolves.
   * @param happened asked then, and maybe again; `undefined` for what does not count any more; what it throws is thrown
   * @param by `owner`: it is for the owner of the check to say, and nothing where this process is not
   * @throws VitalsError `store-unavailable`, `overloaded`, where nothing is judged before it is durable
   */
  abstract judge(id: string, happened: () => Happening | undefined, by?: 'anyone' | 'owner'): Promise<void>;
}

/** Judges in the memory of the only process; what is durable follows. */
@Injectable()
export class MemoryJudge extends CheckJudge {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly recorder: CheckRecorder,
  ) {
    super();
  }

  judge(id: string, happened: () => Happening | undefined): Promise<void> {
    return this.directory.betweenTurns(id, () => this.record(happened()));
  }

  private record(happening: Happening | undefined): void {
    switch (happening?.kind) {
      case 'result':
        return this.recorder.onResult(happening.check, happening.result, happening.startedAtMs);
      case 'due':
        return this.recorder.onDeadline(happening.check);
      case 'maintenance':
        return this.recorder.onMaintenance(happening.check, happening.open);
      case 'excuse':
        return this.recorder.excuseSilent(happening.check);
      case undefined:
        return undefined;
      default:
        return happening satisfies never;
    }
  }
}
