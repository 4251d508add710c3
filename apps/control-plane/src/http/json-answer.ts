import { Readable } from 'node:stream';

/** A piece ends with the part that makes it this long. */
export const MAX_PIECE_CHARACTERS = 64 * 1024;

/** Parts that are read in one turn of the event loop, also if most of them are empty. */
export const MAX_PARTS = 500;

/** The reference that a list keeps of an item, in bytes; the item is in memory anyway. */
const REFERENCE_BYTES = 8;

/** An answer that is written as JSON already, of a value of type `T`; in pieces if it is too long to be held. */
export class JsonText<T> {
  /** Never set: it makes texts of two types incompatible. */
  declare readonly says: T;

  /** @param body bytes, which the kernel takes from where they lie: of a text Node would make copies */
  constructor(readonly body: Buffer | JsonBody) {}
}

/** The type of the value in the answer of a handler, in whatever form it is given. */
export type Said<R> = R extends { readonly says: infer T } ? T : R;

/**
 * The text of an answer that is written in pieces. The next piece is written when the one before has left, each in a turn of the event
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
      const { piece, isLast } = nextPiece(this.rest, this.first);
      this.first = '';
      if (piece !== '') this.push(piece);
      else if (!isLast) this._read();
      if (isLast) this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

/** Adds parts to a text until it is long enough for a piece. */
function nextPiece(parts: Iterator<string>, text: string): { piece: string; isLast: boolean } {
  let piece = text;
  for (let count = 0; count < MAX_PARTS && piece.length < MAX_PIECE_CHARACTERS; count++) {
    const { value, done } = parts.next();
    if (done) return { piece, isLast: true };
    piece += value;
  }
  return { piece, isLast: false };
}

/** An array of the values that `write` returns for the items, without those that are `undefined`. */
export function* arrayParts<I, V>(items: Iterable<I>, write: (item: I) => V | undefined): Generator<string> {
  yield '[';
  let between = '';
  for (const item of items) {
    const value = write(item);
    yield value === undefined ? '' : between + JSON.stringify(value);
    if (value !== undefined) between = ',';
  }
  yield ']';
}

/** An object of the members that `write` returns, without those that are `undefined`. */
export function* objectParts<I>(
  members: Iterable<I>,
  write: (member: I) => readonly [name: string, value: Iterable<string>] | undefined,
): Generator<string> {
  yield '{';
  let between = '';
  for (const member of members) {
    const written = write(member);
    if (written === undefined) {
      yield '';
      continue;
    }
    yield `${between}${JSON.stringify(written[0])}:`;
    yield* written[1];
    between = ',';
  }
  yield '}';
}

/** An object whose members are known. */
export function memberParts(members: Record<string, Iterable<string> | undefined>): Generator<string> {
  return objectParts(Object.entries(members), ([name, value]) => value && [name, value]);
}

/** A value that is written in one part. */
export function valuePart(value: unknown): [string] {
  return [JSON.stringify(value)];
}

/**
 * The answer that these parts make: at once and with its length if they are few, in pieces otherwise.
 * @param listed how many items the parts keep hold of until the last of them is written
 */
export function answerOf<T>(parts: Iterable<string>, listed: number): JsonText<T> {
  const rest = parts[Symbol.iterator]();
  const { piece, isLast } = nextPiece(rest, '');
  return new JsonText(isLast ? Buffer.from(piece) : new JsonBody(piece, rest, listed * REFERENCE_BYTES));
}

const waiting: (() => void)[] = [];

/**
 * Resolves in a later turn of the event loop: one waiter in each turn, in their order. Long work that awaits this
 * between its parts delays others by one part at most, however much such work there is.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeNext);
  });
}

function resumeNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(resumeNext);
}
