/** Lets so many jobs run at a time; the others wait, and begin in the order in which they came. */
export class Semaphore {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param most how many run at a time */
  constructor(private readonly most: number) {}

  /** What the job comes to, once it was its turn. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) await new Promise<void>((resume) => this.waiting.push(resume));
    else this.running++;
    try {
      return await job();
    } finally {
      // whoever is next takes over the place
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
