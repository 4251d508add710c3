import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { changeKind } from '../database/change.js';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';

const DISPUTED = 'another control plane has applied another file of declarations: give all of them the same';

/** The file that a process has; told to the others, and kept nowhere. */
interface SeenFile {
  /** The same for the same content; missing for one that is being applied, and may be so in part. */
  readonly hash?: string;
  /** Of the process, until it ends. */
  readonly process: string;
}

/** A process of several has read its file. */
export const declarationsSeen = changeKind<SeenFile>('declarations-seen', {
  write: async () => undefined,
  keys: ({ process }) => [process],
});

/** The leader of several processes has applied its file, or begins to. */
export const declarationsApplied = changeKind<SeenFile>('declarations-applied', {
  write: async () => undefined,
  keys: ({ process }) => [process],
});

/**
 * Of several processes with a file of declarations each, the leader applies its own, and the others say whether theirs is
 * the same. Whoever leads next applies its file only if it is another one.
 */
@Injectable()
export class DeclarationsAgreement {
  private readonly logger = new Logger('Declarations');
  private readonly process = randomUUID();
  private seen: string | undefined;
  private applied: string | undefined;
  private isDisputed = false;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly owned: OwnedPartitions,
    private readonly feed: Feed,
  ) {
    feed.on(declarationsSeen, ({ process }) => {
      // who has just begun to look hears what is applied
      if (process !== this.process && this.isLeader && this.applied !== undefined)
        void this.tell(declarationsApplied({ hash: this.applied, process: this.process }));
    });
    feed.on(declarationsApplied, ({ hash }) => {
      this.applied = hash;
      this.compare();
    });
  }

  /** Whether this process applies its file; always, without others. */
  get isLeader(): boolean {
    return !this.database.isShared || this.owned.leaderStamp !== undefined;
  }

  /** Changes with what others commit: whatever was planned before is to be planned again then. */
  get memory(): number {
    return this.feed.foreignBatches;
  }

  /** Whether a file is what the leader has applied. */
  isApplied(hash: string): boolean {
    return this.database.isShared && this.applied === hash;
  }

  /** Why the files of the processes are not the same. */
  fault(): string | undefined {
    return this.isDisputed ? DISPUTED : undefined;
  }

  /**
   * This process applies a file from now on: what was applied before is so no more. By then everything is applied to
   * memory that others have committed.
   * @returns whether it still leads @throws VitalsError `store-unavailable`
   */
  async begin(): Promise<boolean> {
    if (!this.database.isShared) return true;
    const stamp = this.owned.leaderStamp;
    if (!stamp) return false;
    let isLeader = false;
    await this.journal.commitWithin(() => {
      isLeader = this.owned.isNewest(stamp);
      return isLeader ? [declarationsApplied({ process: this.process })] : [];
    });
    return isLeader;
  }

  /** This process has this file, and has not applied it. */
  onSeen(hash: string): void {
    this.seen = hash;
    this.compare();
    void this.tell(declarationsSeen({ hash, process: this.process }));
  }

  /** This process has applied this file. */
  onApplied(hash: string): void {
    this.seen = hash;
    void this.tell(declarationsApplied({ hash, process: this.process }));
  }

  private compare(): void {
    const isDisputed = this.seen !== undefined && this.applied !== undefined && this.seen !== this.applied;
    if (isDisputed && !this.isDisputed) this.logger.warn(DISPUTED);
    this.isDisputed = isDisputed;
  }

  /** What could not be told is told with the next file, or to the next who looks. */
  private async tell(change: ReturnType<typeof declarationsSeen>): Promise<void> {
    if (this.database.isShared) await this.journal.commit(change).catch(() => undefined);
  }
}
