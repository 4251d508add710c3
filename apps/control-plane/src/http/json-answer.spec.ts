import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import {
  answerOf,
  arrayParts,
  eventLoopTurn,
  JsonBody,
  type JsonText,
  MAX_PIECE_CHARACTERS,
  memberParts,
  objectParts,
  valuePart,
} from './json-answer.js';

async function textOf({ body }: JsonText<unknown>): Promise<string> {
  if (body instanceof Buffer) return body.toString();
  let text = '';
  for await (const piece of body) text += String(piece);
  return text;
}

const LINE = { text: 'x'.repeat(1_000) };

describe('JSON in parts', () => {
  it('says what its values say, without those that are left out', async () => {
    const values = fc.dictionary(fc.string(), fc.array(fc.option(fc.jsonValue(), { nil: undefined })));
    await fc.assert(
      fc.asyncProperty(values, async (groups) => {
        const parts = objectParts(Object.entries(groups), ([name, items]) =>
          items.length === 0 ? undefined : [name, arrayParts(items, (item) => item)],
        );
        const kept = Object.entries(groups)
          .filter(([, items]) => items.length > 0)
          .map(([name, items]) => [name, items.filter((item) => item !== undefined)]);
        expect(JSON.parse(await textOf(answerOf(parts, 0)))).toEqual(
          JSON.parse(JSON.stringify(Object.fromEntries(kept))),
        );
      }),
    );
    const some = memberParts({ a: valuePart(1), b: undefined, c: valuePart(null) });
    expect(await textOf(answerOf(some, 0))).toBe('{"a":1,"c":null}');
  });

  it('is an answer with a length while it is short, and a stream of the same text when it is long', async () => {
    expect(
      answerOf(
        arrayParts([LINE], (line) => line),
        1,
      ).body,
    ).toBeInstanceOf(Buffer);
    const lines = Array.from({ length: 1_000 }, () => LINE);
    const long = answerOf(
      arrayParts(lines, (line) => line),
      1,
    );
    expect(long.body).toBeInstanceOf(JsonBody);
    expect(await textOf(long)).toBe(JSON.stringify(lines));
  });

  it('writes no more than a piece ahead of its reader, and no more for one that goes away', async () => {
    let written = 0;
    let left = false;
    function* lines(): Generator<object> {
      try {
        for (;;) yield LINE;
      } finally {
        left = true;
      }
    }
    const write = (line: object): object => {
      written += LINE.text.length;
      return line;
    };
    const stream = answerOf(arrayParts(lines(), write), 0).body as JsonBody;
    stream.read(0);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(written).toBeLessThanOrEqual(2 * MAX_PIECE_CHARACTERS);
    stream.read();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(written).toBeLessThanOrEqual(3 * MAX_PIECE_CHARACTERS);
    stream.destroy();
    await turn();
    expect(left).toBe(true);
  });

  it('gives the event loop a turn after some hundred items, also if it says nothing of them', async () => {
    let looked = 0;
    const items = Array.from({ length: 100_000 }, (_, at) => at);
    const parts = arrayParts(items, (at) => {
      looked++;
      return at < 100 ? LINE : undefined;
    });
    const text = textOf(answerOf(parts, 0));
    const seen: number[] = [];
    while (looked < items.length) {
      seen.push(looked);
      await turn();
    }
    expect(JSON.parse(await text)).toHaveLength(100);
    expect(Math.max(...seen.map((count, at) => count - (seen[at - 1] ?? 0)))).toBeLessThanOrEqual(1_000);
  });
});

describe('A turn of the event loop', () => {
  it('is given to one of those who wait, in their order, and to everybody else in between', async () => {
    const done: string[] = [];
    const work = async (name: string): Promise<void> => {
      for (let piece = 0; piece < 3; piece++) {
        await eventLoopTurn();
        done.push(`${name}${piece}`);
      }
    };
    const all = Promise.all([work('a'), work('b')]);
    const seen: number[] = [];
    while (done.length < 6) {
      seen.push(done.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(done).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(Math.max(...seen.map((count, at) => count - (seen[at - 1] ?? 0)))).toBeLessThanOrEqual(1);
  });
});
