import { Injectable } from '@nestjs/common';
import { ChangeFollower } from './change.follower.js';
import { Database } from './database.js';

/** How old what is answered from memory may be, where several processes share a database. */
@Injectable()
export class ReadAge {
  private readonly sources: (() => number)[] = [];

  constructor(
    private readonly database: Database,
    follower: ChangeFollower,
  ) {
    this.add(() => follower.lagMs);
  }

  /** Has a part of memory counted. @param lagMs how old it is, in milliseconds; called for each answer to a read */
  add(lagMs: () => number): void {
    this.sources.push(lagMs);
  }

  /** That of the oldest part, in whole milliseconds; `undefined` in a process that shares its database with nobody. */
  get ms(): number | undefined {
    if (!this.database.isShared) return undefined;
    let oldestMs = 0;
    for (const lagMs of this.sources) oldestMs = Math.max(oldestMs, lagMs());
    return Math.ceil(oldestMs);
  }
}
