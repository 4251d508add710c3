import type { Clock } from '@vitals/core/time';
import { dial, untilAborted } from '@vitals/probes';
import { isIP } from 'node:net';
import type { Endpoint } from '../../settings/setting-values.js';
import type { NameResolver } from '../name.resolver.js';

/** At most one look in this time, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** An endpoint that has not accepted a connection by then does not, in milliseconds. */
const LOOK_TIMEOUT_MS = 2_000;

/**
 * Whether this process has a network: one of the endpoints that the operator named accepts a connection. They are
 * trusted, so the policy for checks does not apply to them.
 */
export class Connectivity {
  private begun: { readonly answer: Promise<boolean>; readonly beganMs: number } | undefined;
  private planned: Promise<boolean> | undefined;

  constructor(
    private readonly endpoints: readonly Endpoint[],
    private readonly names: NameResolver,
    private readonly clock: Clock,
  ) {}

  /**
   * Looks, unless that was done within the last second: then whoever asks waits for the next look, which all who ask
   * share. An answer is never older than the question. True at once if no endpoint is named.
   */
  isThere(): Promise<boolean> {
    if (this.endpoints.length === 0) return Promise.resolve(true);
    const nowMs = this.clock.monotonicMs();
    if (this.begun?.beganMs === nowMs) return this.begun.answer;
    return (this.planned ??= this.plan());
  }

  private async plan(): Promise<boolean> {
    await this.begun?.answer;
    const beganMs = this.begun?.beganMs ?? Number.NEGATIVE_INFINITY;
    const inMs = beganMs + LOOK_EVERY_MS - this.clock.monotonicMs();
    if (inMs > 0) await new Promise<void>((resume) => this.clock.after(inMs, resume));
    this.planned = undefined;
    this.begun = { answer: this.attempt(), beganMs: this.clock.monotonicMs() };
    return this.begun.answer;
  }

  private async attempt(): Promise<boolean> {
    const abort = new AbortController();
    const cancel = this.clock.after(LOOK_TIMEOUT_MS, () => abort.abort(new Error('timed out')));
    try {
      return await Promise.any(this.endpoints.map((endpoint) => this.accepts(endpoint, abort.signal)));
    } catch {
      return false;
    } finally {
      cancel();
      abort.abort(new Error('one is enough'));
    }
  }

  private async accepts({ host, port }: Endpoint, signal: AbortSignal): Promise<true> {
    const addresses =
      isIP(host) === 0 ? (await untilAborted(this.names.resolve(host), signal)).addresses : [host];
    const socket = await dial(addresses, port, signal, this.clock);
    socket.destroy();
    return true;
  }
}
