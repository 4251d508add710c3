import { ExpiryEntry, ExpiryQueue } from '@vitals/core/time';

/** Width of a slot of the queue, in milliseconds. */
const SLOT_MS = 10;

/** What ticks: at `dueMs`, and then every `everyMs`. */
export class Ticking extends ExpiryEntry {
  /** It was taken out. */
  ended = false;

  constructor(
    /** Milliseconds from one tick to the next. */
    public everyMs: number,
    /** Milliseconds of the running clock. */
    public dueMs: number,
  ) {
    super();
  }
}

/** A tick, and how long ago it was due, in milliseconds. */
export interface Tick<T> {
  readonly task: T;
  readonly lateMs: number;
}

/** Tasks by their ticks. One that was missed is not caught up: of the ticks that passed only the last one counts. */
export class TickQueue<T extends Ticking> {
  private readonly queue = new ExpiryQueue<T>(SLOT_MS);

  /** Puts a task in, or changes when it ticks. */
  put(task: T, dueMs: number): void {
    task.dueMs = dueMs;
    this.queue.put(task, dueMs);
  }

  end(task: T): void {
    task.ended = true;
    this.queue.remove(task);
  }

  /** The ticks that are due, in their order; each task is put in again for its next tick before it is told. */
  *due(nowMs: number): Generator<Tick<T>> {
    for (const task of this.queue.takeDue(nowMs)) {
      // what followed from one before may have ended it
      if (task.ended) continue;
      const lateMs = (nowMs - task.dueMs) % task.everyMs;
      this.put(task, nowMs - lateMs + task.everyMs);
      yield { task, lateMs };
    }
  }
}
