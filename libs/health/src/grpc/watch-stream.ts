import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Clock } from '@vitals/core/time';
import type { HealthCheckRequest, HealthCheckResponse, ServingStatus } from '@vitals/core/grpc';

/** The call of one client of `Watch`. */
export type WatchCall = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>;

/** How long a client may leave a message unread before its stream is ended. */
const MAX_WRITE_MS = 60_000;

/**
 * Tells one client the status of what it watches. A repeat is not sent, and while a message waits to be taken
 * only the latest status is kept, so a slow client costs no memory and misses nothing but what is outdated.
 */
export class WatchStream {
  private latest: ServingStatus | undefined;
  private written: ServingStatus | undefined;
  private writingSinceMs: number | undefined;
  private gone = false;

  /** @param onGone called once, when the client is gone or the stream was ended */
  constructor(
    private readonly call: WatchCall,
    private readonly clock: Clock,
    private readonly onGone: () => void,
  ) {
    for (const event of ['cancelled', 'close', 'error']) call.once(event, () => this.leave());
  }

  /** Does nothing once the client is gone. */
  tell(latest: ServingStatus): void {
    this.latest = latest;
    this.write();
  }

  /** Ends the stream after what was written; the client sees `UNAVAILABLE` and knows that it may try again. */
  end(details: string): void {
    if (this.gone) return;
    this.leave();
    this.call.emit('error', { code: status.UNAVAILABLE, details });
  }

  /**
   * Ends the stream of a client that takes nothing. A call that broke off before its handler was called looks
   * the same and tells in no other way.
   */
  endIfStuck(): void {
    if (this.clock.monotonicMs() - (this.writingSinceMs ?? Number.POSITIVE_INFINITY) < MAX_WRITE_MS) return;
    this.end('the client does not read');
  }

  private write(): void {
    const { latest } = this;
    if (this.gone || !latest || latest === this.written || this.writingSinceMs !== undefined) return;
    this.written = latest;
    this.writingSinceMs = this.clock.monotonicMs();
    this.call.write({ status: latest }, () => {
      this.writingSinceMs = undefined;
      this.write();
    });
  }

  private leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.onGone();
  }
}
