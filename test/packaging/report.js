/** What was tried, one line each, as it happens. */
export class Report {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Tries one step; what it throws is its failure, and ends nothing else. @returns whether it passed */
  async step(name, action) {
    const startedMs = performance.now();
    try {
      const note = await action();
      this.#passed++;
      this.#line('ok  ', name, startedMs, note);
      return true;
    } catch (error) {
      this.#failed++;
      this.#line('FAIL', name, startedMs);
      console.log(String(error?.message ?? error).replaceAll(/^/gm, '       '));
      return false;
    }
  }

  /** Runs steps; what is thrown between them is a failure of its own. */
  async all(name, steps) {
    await steps().catch((error) => this.step(`${name}: between the steps`, () => Promise.reject(error)));
  }

  skip(name, reason) {
    this.#skipped++;
    console.log(`skip ${name}: ${reason}`);
  }

  /** Prints the counts. @returns the exit code */
  end() {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    console.log(`\n${this.#passed} passed, ${this.#failed} failed${skipped}`);
    return this.#failed > 0 || this.#passed === 0 ? 1 : 0;
  }

  #line(verdict, name, startedMs, note) {
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    console.log(`${verdict} ${name} (${seconds} s)${typeof note === 'string' ? `: ${note}` : ''}`);
  }
}
