import { untilAborted } from '@vitals/probes';

/**
 * Asks something that cannot be taken back, such as a command to a shared connection, one at a time: while a
 * question has no answer, whoever asks next waits for the same answer. So a service that hangs is owed one
 * question, however often it is probed.
 */
export class OpenQuestion<T> {
  private pending: Promise<T> | undefined;

  /** `put` puts the question; it may throw or reject. */
  constructor(private readonly put: () => Promise<T>) {}

  /** The answer, or a rejection as soon as the signal fires; the question itself stays open. */
  ask(signal: AbortSignal): Promise<T> {
    return untilAborted(this.pending ?? this.begin(), signal);
  }

  private begin(): Promise<T> {
    const answer = (async () => this.put())();
    const settled = (): void => void (this.pending = undefined);
    this.pending = answer;
    answer.then(settled, settled);
    return answer;
  }
}
