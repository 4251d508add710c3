import { Injectable, Logger } from '@nestjs/common';
import { WriteBehind } from '@vitals/core/commit';
import { Clock } from '@vitals/core/time';
import type { AnyChange } from '../database/change.js';
import { DelayLog } from '../database/delay.log.js';
import { Journal } from '../database/journal.js';
import type { Provider } from '../providers/provider.js';
import { reportsWritten } from '../providers/provider.changes.js';
import { type Buffering, Buffers } from '../shutdown/stages.js';

/** Beats are written within about a second, in writes of half a millisecond each. */
const PACE = { lingerMs: 750, slice: 250 };

/** Writes what providers said in their beats, behind the answers: many beats of one become one write. */
@Injectable()
@Buffers()
export class ReportBuffer implements Buffering {
  private readonly delay = new DelayLog(new Logger('Heartbeats'), 'heartbeats wait to be written');
  private readonly behind: WriteBehind<Provider>;

  constructor(
    private readonly journal: Journal,
    clock: Clock,
  ) {
    this.behind = new WriteBehind(
      clock,
      (all) => this.write(all),
      PACE,
      (error) => this.delay.failed(error),
    );
  }

  /** Writes what a provider says by then within about a second. */
  touch(provider: Provider): void {
    if (provider.touched) return;
    provider.touched = true;
    this.behind.mark(provider);
  }

  flush(): Promise<void> {
    return this.behind.flush();
  }

  unwritten(): Readonly<Record<string, number>> {
    return { 'receive times of providers': this.behind.pending };
  }

  private async write(providers: readonly Provider[]): Promise<void> {
    // what is said from here on is not part of this write
    for (const provider of providers) provider.touched = false;
    const there = providers.filter(({ removed }) => !removed);
    if (there.length > 0) await this.journal.commitAll([this.changeOf(there)]);
    this.delay.succeeded();
  }

  /** What is written of providers. */
  protected changeOf(providers: readonly Provider[]): AnyChange {
    return reportsWritten(providers.map(({ report }) => report));
  }
}
