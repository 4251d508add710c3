import type { Engine } from '../engine/engine.js';
import type { ProviderRecord } from './record.js';
import { reportOf } from './store.js';
import type { Writer } from './writer.js';

const LINGER_MS = 500;

/** Reports that say nothing new but when a provider was heard: written a little later, many at once. */
export class LateReports {
  private waiting: ProviderRecord[] = [];

  /** @param whenAwake calls back as soon as the process runs, and never if it is dead by then */
  constructor(
    private readonly engine: Engine,
    private readonly writer: Writer,
    private readonly whenAwake: (run: () => void) => void,
  ) {}

  touch(record: ProviderRecord): void {
    if (record.dirty) return;
    record.dirty = true;
    this.waiting.push(record);
    if (this.waiting.length > 1) return;
    this.engine.at(this.engine.nowMs + LINGER_MS, () => this.whenAwake(() => this.flush()));
  }

  private flush(): void {
    const { waiting } = this;
    const reports = waiting.map(({ row }) => reportOf(row));
    for (const record of waiting) record.dirty = false;
    this.waiting = [];
    this.writer.add({
      apply: (store) => {
        for (const [at, report] of reports.entries())
          store.report((waiting[at] as ProviderRecord).index, report);
      },
    });
  }
}
