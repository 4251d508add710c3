import { Readable } from 'node:stream';
import { eventLoopTurn } from './event-loop-turns.js';

/** A piece ends with the part that makes it this long. */
export const MAX_PIECE_CHARACTERS = 64 * 1024;

/** Parts that are looked at in one turn of the event loop, also if most of them are empty. */
export const MAX_PARTS = 500;

/** An answer of JSON that is too long to be held, and is written in pieces. `T` is what it says. */
export class JsonStream<T> {
  /** Never there: it keeps a stream of one type from being taken for another. */
  declare readonly says: T;

  constructor(readonly body: JsonBody) {}
}

/**
 * The text of such an answer. The next piece is written when the one before has left, each in a turn of the event
 * loop of its own: readers that keep up keep nobody else waiting.
 */
export class JsonBody extends Readable {
  /** @param heldBytes what the parts keep in memory until the last of them is written */
  constructor(
    private first: string,
    private readonly rest: Iterator<string>,
    readonly heldBytes: number,
  ) {
    super({ highWaterMark: 1 });
  }

  override _read(): void {
    void eventLoopTurn().then(() => this.pushPiece());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.rest.return?.();
    done(error);
  }

  private pushPiece(): void {
    if (this.destroyed) return;
    try {
      const { piece, isLast } = this.nextPiece();
      if (piece !== '') this.push(piece);
      else if (!isLast) this._read();
      if (isLast) this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  private nextPiece(): { readonly piece: string; readonly isLast: boolean } {
    let piece = this.first;
    this.first = '';
    for (let parts = 0; parts < MAX_PARTS && piece.length < MAX_PIECE_CHARACTERS; parts++) {
      const { value, done } = this.rest.next();
      if (done) return { piece, isLast: true };
      piece += value;
    }
    return { piece, isLast: false };
  }
}
