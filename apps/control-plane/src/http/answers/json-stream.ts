import { Readable } from 'node:stream';

/** A piece ends with the part that makes it this long. */
export const MAX_PIECE_CHARACTERS = 64 * 1024;

/** Parts that are looked at in one turn of the event loop, also if most of them are empty. */
const MAX_PARTS = 2_000;

/**
 * A body of JSON that is too long to be held. It is written in pieces, the next one when the one before has left,
 * each in a turn of the event loop of its own: a reader that keeps up keeps nobody else waiting. `T` is what it says.
 */
export class JsonStream<T> extends Readable {
  /** Never there: it keeps a stream of one type from being taken for another. */
  declare readonly says: T;

  /** @param heldBytes what the parts keep in memory until the last of them is written */
  constructor(
    private first: string,
    private readonly rest: Iterator<string>,
    readonly heldBytes: number,
  ) {
    super({ highWaterMark: 1 });
  }

  override _read(): void {
    setImmediate(() => this.pushPiece());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.rest.return?.();
    done(error);
  }

  private pushPiece(): void {
    if (this.destroyed) return;
    let piece = this.first;
    this.first = '';
    for (let parts = 0; parts < MAX_PARTS && piece.length < MAX_PIECE_CHARACTERS; parts++) {
      const { value, done } = this.rest.next();
      if (done) {
        if (piece !== '') this.push(piece);
        this.push(null);
        return;
      }
      piece += value;
    }
    if (piece === '') this._read();
    else this.push(piece);
  }
}
