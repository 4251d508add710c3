import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { formatDuration } from '@vitals/core/time';
import { Clock } from '@vitals/core/time';
import { ProviderHealthCache } from '@vitals/provider-health';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderView } from '../providers/reading/provider.view.js';
import { ProviderPolls } from './provider.polls.js';

/** How often the providers that are asked for their health are looked through for suspects, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Asks a provider for its health when its beats are overdue, so that whoever is woken by its silence reads whether it
 * still answers. It never delays a lease, nor saves one: what it finds goes into the cause of the transition.
 */
@Injectable()
export class SilenceEvidence {
  private readonly logger = new Logger('ProviderHealth');
  /** Suspects that were asked in this silence. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly polls: ProviderPolls,
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly cache: ProviderHealthCache,
    private readonly clock: Clock,
  ) {}

  @Interval('suspects', LOOK_EVERY_MS)
  look(): void {
    for (const name of this.polls.names()) {
      const provider = this.directory.find(name);
      if (provider && this.view.availability(provider) === 'Suspect') this.ask(name);
      else this.asked.delete(name);
    }
  }

  /** What is known of the health of a provider that fell silent, in words; empty if it is not asked for it. */
  of(name: string): string {
    if (!this.polls.has(name)) return '';
    const status = this.cache.get(name);
    if (!status) return '; its health was not polled yet';
    const ago = formatDuration(Math.max(0, this.clock.wallMs() - status.checkedAtMs));
    const found = status.healthy ? 'answered healthy' : `did not answer healthy (${status.message})`;
    return `; polled for its health ${ago} before, it ${found}`;
  }

  private ask(name: string): void {
    if (this.asked.has(name)) return;
    this.asked.add(name);
    this.cache.check(name).catch((error: unknown) => {
      this.logger.warn(`${name} could not be polled for its health: ${String(error)}`);
    });
  }
}
