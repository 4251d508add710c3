import { JsonBody, JsonStream, MAX_PARTS, MAX_PIECE_CHARACTERS } from './json-stream.js';
import { JsonText } from './json-text.js';

/** What a list keeps of an item that is in memory anyway, in bytes. */
const REFERENCE_BYTES = 8;

/** An array of what `write` makes of each item; of those that it leaves out, nothing is said. */
export function* arrayParts<I, V>(items: Iterable<I>, write: (item: I) => V | undefined): Generator<string> {
  yield '[';
  let between = '';
  for (const item of items) {
    const value = write(item);
    if (value === undefined) {
      yield '';
      continue;
    }
    yield between + JSON.stringify(value);
    between = ',';
  }
  yield ']';
}

/** An object; a member is left out where `write` makes nothing of it. */
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
export function memberParts(
  members: Readonly<Record<string, Iterable<string> | undefined>>,
): Generator<string> {
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
export function answerOf<T>(parts: Iterable<string>, listed: number): JsonText<T> | JsonStream<T> {
  const rest = parts[Symbol.iterator]();
  let first = '';
  for (let count = 0; count < MAX_PARTS && first.length < MAX_PIECE_CHARACTERS; count++) {
    const { value, done } = rest.next();
    if (done) return new JsonText<T>(first);
    first += value as string;
  }
  return new JsonStream<T>(new JsonBody(first, rest, listed * REFERENCE_BYTES));
}
