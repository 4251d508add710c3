import type { ServerResponse } from 'node:http';

/** What all answers that are on their way may hold together, in bytes. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** An answer of so many bytes costs little more than its connection, and is never refused. */
export const SMALL_BYTES = 16 * 1024;

/** How long an answer may be on its way before it makes room for others that need it, in milliseconds. */
const MAX_HELD_MS = 60_000;

/** An answer that has not left yet. */
interface Held {
  readonly bytes: number;
  readonly sinceMs: number;
}

/** What bounds the budget; the time is monotonic, in milliseconds. */
export interface AnswerBudgetOptions {
  readonly maxBytes?: number;
  readonly nowMs?: () => number;
}

/** Bounds the memory of answers that are on their way, as `BodyBudget` does that of bodies that arrive. */
export class AnswerBudget {
  private readonly maxBytes: number;
  private readonly nowMs: () => number;
  /** The oldest first. */
  private readonly held = new Map<ServerResponse, Held>();
  private total = 0;

  constructor({ maxBytes = MAX_BYTES, nowMs = () => performance.now() }: AnswerBudgetOptions = {}) {
    this.maxBytes = maxBytes;
    this.nowMs = nowMs;
  }

  /** What is held now, in bytes. */
  get heldBytes(): number {
    return this.total;
  }

  /**
   * Counts an answer from now on until it has left or its reader has gone; called before it is sent. Where there is
   * no room, whoever has been reading for more than a minute is cut off first.
   * @returns whether there is room for it; always for a small one, which is not counted
   */
  admits(response: ServerResponse, bytes: number): boolean {
    if (bytes <= SMALL_BYTES) return true;
    this.makeRoom(bytes);
    if (this.total + bytes > this.maxBytes) return false;
    this.count(response, bytes);
    return true;
  }

  /** The same for an answer that is not to be refused, also where there is no room. */
  count(response: ServerResponse, bytes: number): void {
    // its reader went away while it was formed: nothing is sent, and no end of it will be told
    if (bytes <= SMALL_BYTES || response.destroyed) return;
    this.release(response);
    this.held.set(response, { bytes, sinceMs: this.nowMs() });
    this.total += bytes;
    response.once('close', () => this.release(response));
  }

  private makeRoom(bytes: number): void {
    for (const [response, { sinceMs }] of this.held) {
      if (this.total + bytes <= this.maxBytes || this.nowMs() - sinceMs <= MAX_HELD_MS) return;
      this.release(response);
      response.destroy();
    }
  }

  private release(response: ServerResponse): void {
    this.total -= this.held.get(response)?.bytes ?? 0;
    this.held.delete(response);
  }
}
