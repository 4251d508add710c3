import type { Clock } from '@vitals/core/time';
import { asSent, type ProviderInfo } from '../wire/provider.js';
import { type AskingListener, type Given, Question } from './question.js';

/** After so many milliseconds without info, that is told. */
const TIMEOUT_MS = 30_000;

/**
 * Finds out what is to be sent of a provider's resources: what differs from what was found before, and
 * everything when that is wanted. Asks beside the beats, which it never holds up.
 */
export class InfoSource {
  private readonly question: Question<unknown> | undefined;
  /** What was last found, written as JSON. */
  private last: string | undefined;
  /** Whether everything is to be sent as soon as it is known. */
  isWanted = true;
  private asking = false;
  private outdated = false;
  /** What is to be sent, if anything is. */
  pending: ProviderInfo | undefined;

  constructor(
    info: (() => ProviderInfo | Promise<ProviderInfo>) | undefined,
    clock: Clock,
    private readonly listener: AskingListener,
  ) {
    this.question = info && new Question<unknown>(info, TIMEOUT_MS, clock);
  }

  /** Asks; the answer will be pending if it is new. */
  ask(): void {
    this.outdated = true;
    if (this.question && !this.asking) void this.askUntilCurrent(this.question);
  }

  /** Asks; the answer will be pending whether it is new or not. */
  want(): void {
    this.forget();
    this.ask();
  }

  /** This is not pending any more. */
  sent(info: ProviderInfo): void {
    if (this.pending === info) this.pending = undefined;
  }

  /** Nothing of what was sent counts any more: what is found next is to be sent. */
  forget(): void {
    this.isWanted = true;
    this.pending = undefined;
  }

  private async askUntilCurrent(question: Question<unknown>): Promise<void> {
    this.asking = true;
    while (this.outdated) {
      this.outdated = false;
      this.take(await question.ask());
    }
    this.asking = false;
  }

  private take(given: Given<unknown>): void {
    const read = 'value' in given ? readInfo(given.value) : given;
    if ('reason' in read) {
      this.listener.fault(read.reason);
      return;
    }
    this.listener.fault(undefined);
    if (!this.isWanted && read.text === this.last) return;
    this.isWanted = false;
    this.last = read.text;
    this.pending = read.info;
    this.listener.news();
  }
}

function readInfo(value: unknown): { info: ProviderInfo; text: string } | { reason: string } {
  const isObject = typeof value === 'object' && value !== null && 'capacity' in value;
  if (!isObject) return { reason: 'gave no object with a capacity' };
  const sent = asSent(value, 'the body', 'cannot be sent: ');
  if ('reason' in sent) return { reason: `gave what ${sent.reason}` };
  return { info: sent.value as ProviderInfo, text: sent.text };
}
