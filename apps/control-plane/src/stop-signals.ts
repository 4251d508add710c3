import { type INestApplicationContext, Logger } from '@nestjs/common';
import { formatDuration } from '@vitals/core/time';
import { Database } from './database/database.js';
import { Settings } from './settings/settings.js';
import { Shutdown } from './shutdown/shutdown.js';

/** Signals of a service manager, Ctrl-C, a terminal that goes away, Ctrl-\. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];
/** A shell and npm may pass a signal on that the process has got already: no insistence within so long. */
const ECHO_MS = 1_000;

/** The parts of `process` that are needed. */
export interface EndableProcess {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Ends the process in order when it is asked to. The first signal begins the shutdown, the second one ends its drain,
 * and the third one, not within a second of the first, ends the process as it is. While it starts, the first one
 * waits for the start, of which the second one makes an end: nothing was acknowledged by then.
 */
export class StopSignals {
  private app: INestApplicationContext | undefined;
  private count = 0;
  private firstAtMs = 0;
  private ending = false;

  /** @param nowMs milliseconds from any origin that never decrease */
  constructor(
    private readonly process: EndableProcess,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    for (const signal of SIGNALS) process.on(signal, () => this.receive());
  }

  /** Whether the process was asked to end. */
  get received(): boolean {
    return this.count > 0;
  }

  /** The start is over: this is what ends from now on, at once if that was asked meanwhile. */
  started(app: INestApplicationContext): void {
    this.app = app;
    if (this.count > 0) this.begin(app);
  }

  private receive(): void {
    this.count++;
    if (this.count === 1) this.firstAtMs = this.nowMs();
    const { app } = this;
    if (!app) {
      if (this.count > 1) this.exitNow('ended while it was starting');
    } else if (this.count === 1) this.begin(app);
    else if (this.count === 2) app.get(Shutdown).hurry();
    else if (this.nowMs() - this.firstAtMs > ECHO_MS)
      this.exitNow('ended at the third signal, before everything that is buffered was written');
  }

  private begin(app: INestApplicationContext): void {
    if (this.ending) return;
    this.ending = true;
    if (this.count > 1) app.get(Shutdown).hurry();
    else this.announceDrain(app.get(Settings));
    void end(app).then((code) => this.process.exit(code));
  }

  /** Who pressed Ctrl-C sees that it takes a while, and how to cut that short. */
  private announceDrain({ drainMs }: Settings): void {
    if (!this.process.stdout.isTTY || drainMs === 0) return;
    this.process.stderr.write(
      `vitals: ends after a drain of ${formatDuration(drainMs)}; another Ctrl-C ends the drain at once\n`,
    );
  }

  private exitNow(why: string): void {
    this.process.stderr.write(`vitals: ${why}\n`);
    this.process.exit(1);
  }
}

/** Closes the app in order. @returns the exit code: 0, or 1 if something was not written, or its database was taken away */
export async function end(app: INestApplicationContext): Promise<0 | 1> {
  try {
    await app.close();
    return app.get(Shutdown).lost.size > 0 || app.get(Database).isGivenUp ? 1 : 0;
  } catch (error) {
    new Logger('Vitals').error('the shutdown failed', error instanceof Error ? error.stack : String(error));
    return 1;
  }
}
