import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { CheckDirectory } from '../checks/check.directory.js';
import { CheckMassFailure } from '../checks/check.mass-failure.js';
import { MassFailureWatch } from '../leases/mass-failure.watch.js';
import { Feed } from '../database/feed.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { AtShutdown } from '../shutdown/stages.js';

/** How long a line waits, in milliseconds: whether it is one of a mass failure shows when the others have come. */
const LINGER_MS = 1_000;

/** Writes every transition to the log of the process, for whoever watches the terminal; a mass failure as one line. */
@Injectable()
export class TransitionLog implements OnModuleInit {
  private readonly logger = new Logger('Transitions');
  private waiting: RecordedTransition[] = [];
  private timer: CancelTimer | undefined;

  constructor(
    private readonly feed: Feed,
    private readonly directory: ProviderDirectory,
    private readonly failures: MassFailureWatch,
    private readonly checks: CheckDirectory,
    private readonly checkFailures: CheckMassFailure,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.feed.recorded.subscribe((recorded) => {
      this.waiting.push(...recorded);
      this.timer ??= this.clock.after(LINGER_MS, () => this.write());
    });
  }

  /** What was flushed is in the log too. */
  @AtShutdown('close')
  writeRest(): void {
    this.write();
  }

  private write(): void {
    this.timer?.();
    this.timer = undefined;
    const transitions = this.waiting;
    this.waiting = [];
    const others = transitions.filter((transition) => !this.isOfMassFailure(transition));
    for (const transition of others) this.writeOne(transition);
    const ofMassFailure = transitions.length - others.length;
    if (ofMassFailure > 0)
      this.logger.warn(`${ofMassFailure} transitions of a mass failure; GET /transitions lists them`);
  }

  private writeOne({ sequence, kind, subject, from, to, cause, suppressed }: RecordedTransition): void {
    const text = `#${sequence} ${kind} ${subject}: ${from} → ${to} (${cause})`;
    if (suppressed) this.logger.debug(`${text}; nobody is notified: ${suppressed}`);
    else if (to === 'Unavailable' || to === 'Critical') this.logger.warn(text);
    else this.logger.log(text);
  }

  private isOfMassFailure({ kind, subject, to }: RecordedTransition): boolean {
    if (kind === 'provider') {
      const provider = to === 'Unavailable' ? this.directory.find(subject) : undefined;
      return provider !== undefined && this.failures.isFrozen(provider);
    }
    const check = to === 'Critical' ? this.checks.find(subject) : undefined;
    return check !== undefined && this.checkFailures.isFrozen(check);
  }
}
