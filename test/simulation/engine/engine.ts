/** Something that happens at its time. */
export interface Task {
  run(): void;
}

/** Tasks of one millisecond run in the order in which they were scheduled, up to so many at once. */
const ORDERS = 2 ** 20;

/** Virtual time: runs tasks in the order of their times, and moves the clock to each (a binary heap). */
export class Engine {
  /** Virtual time in whole milliseconds. */
  nowMs = 0;
  private keys = new Float64Array(1_024);
  private readonly tasks: (Task | undefined)[] = [];
  private size = 0;
  private order = 0;

  /** Runs a task at `atMs`, or now if that is over. */
  schedule(atMs: number, task: Task): void {
    const key = Math.max(atMs, this.nowMs) * ORDERS + this.order;
    this.order = (this.order + 1) % ORDERS;
    if (this.size === this.keys.length) {
      const larger = new Float64Array(2 * this.size);
      larger.set(this.keys);
      this.keys = larger;
    }
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.keys[parent] as number) <= key) break;
      this.keys[at] = this.keys[parent] as number;
      this.tasks[at] = this.tasks[parent];
      at = parent;
    }
    this.keys[at] = key;
    this.tasks[at] = task;
  }

  /** Calls `run` at `atMs`. */
  at(atMs: number, run: () => void): void {
    this.schedule(atMs, { run });
  }

  /** Runs everything that is due up to and including `endMs`. */
  runUntil(endMs: number): void {
    while (this.runNext(endMs));
    this.nowMs = endMs;
  }

  /** Runs the next task, at its time, if that is not after `endMs`; whether there was one. */
  runNext(endMs: number): boolean {
    if (this.size === 0) return false;
    const dueMs = Math.floor((this.keys[0] as number) / ORDERS);
    if (dueMs > endMs) return false;
    this.nowMs = dueMs;
    this.take().run();
    return true;
  }

  private take(): Task {
    const first = this.tasks[0] as Task;
    const size = --this.size;
    const key = this.keys[size] as number;
    const task = this.tasks[size];
    this.tasks[size] = undefined;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (this.keys[child + 1] as number) < (this.keys[child] as number)) child++;
      if (key <= (this.keys[child] as number)) break;
      this.keys[at] = this.keys[child] as number;
      this.tasks[at] = this.tasks[child];
      at = child;
    }
    if (size > 0) {
      this.keys[at] = key;
      this.tasks[at] = task;
    }
    return first;
  }
}
