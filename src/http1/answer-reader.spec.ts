import fc from 'fast-check';
import { NO_ANSWERS, NO_BODIES, RAW_ANSWERS } from '../../libs/health/test/raw-answers.js';
import type { AnswerHead } from './answer-head.js';
import { AnswerReader } from './answer-reader.js';

/** What a reader tells of an answer that comes in such pieces, and of what follows it. */
function told(raw: Buffer, method: string, cuts: readonly number[], isClosed: boolean) {
  const heads: AnswerHead[] = [];
  let body = '';
  let ends = 0;
  const reader = new AnswerReader(method, {
    onHead: (head) => void heads.push(head),
    onBody: (part) => void (body += part.toString('latin1')),
    onEnd: () => void ends++,
  });
  let fault: string | undefined;
  try {
    const places = [0, ...cuts.map((cut) => cut % (raw.length + 1)).toSorted((a, b) => a - b), raw.length];
    for (const [at, place] of places.entries()) {
      const piece = raw.subarray(place, places[at + 1]);
      if (piece.length > 0) reader.read(piece);
    }
    if (isClosed) reader.close();
  } catch (error) {
    fault = (error as Error).message;
  }
  return { heads, body, ends, fault, isOver: reader.isOver, keepsConnection: reader.keepsConnection };
}

const answers = fc.constantFrom(
  ...RAW_ANSWERS,
  ...[...NO_ANSWERS, ...NO_BODIES].map(([, raw]) => ({
    raw: Buffer.from(raw, 'latin1'),
    method: 'GET',
    isClosed: true,
  })),
);
const cuts = fc.array(fc.nat(20_000), { maxLength: 12 });

describe('AnswerReader', () => {
  it('tells the same of an answer in whatever pieces it comes', () => {
    fc.assert(
      fc.property(answers, cuts, ({ raw, method, isClosed }, places) => {
        expect(told(raw, method, places, isClosed)).toEqual(told(raw, method, [], isClosed));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells the same of what became of an answer on its way, in whatever pieces it comes', () => {
    const damage = fc.record({
      at: fc.nat(),
      cut: fc.nat(3),
      put: fc.constantFrom(
        '',
        ...'\r\n\0:;, \t"0129afF-'.split(''),
        '\r\n',
        '\r\n\r\n',
        'HTTP/1.1 200 OK\r\n',
      ),
    });
    fc.assert(
      fc.property(
        answers,
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        cuts,
        fc.boolean(),
        ({ raw, method }, damages, places, isClosed) => {
          let text = raw.toString('latin1');
          for (const { at, cut, put } of damages) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + put + text.slice(place + cut);
          }
          const sent = Buffer.from(text, 'latin1');
          const all = told(sent, method, [], isClosed);
          expect(told(sent, method, places, isClosed)).toEqual(all);
          const each = Array.from({ length: Math.min(sent.length, 400) }, (_, at) => at);
          expect(told(sent, method, each, isClosed)).toEqual(all);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reads one answer and no byte behind it, and says that there was more', () => {
    const kept = RAW_ANSWERS.filter(({ isKept }) => isKept);
    for (const { raw, method, what } of kept) {
      const alone = told(raw, method, [], false);
      expect([what, alone.ends, alone.isOver, alone.keepsConnection]).toEqual([what, 1, true, true]);
      for (const more of ['\r\n', 'HTTP/1.1 500 Smuggled\r\ncontent-length: 0\r\n\r\n', '\0']) {
        const followed = told(Buffer.concat([raw, Buffer.from(more)]), method, [raw.length], false);
        expect(followed.body).toBe(alone.body);
        expect(followed.heads).toEqual(alone.heads);
      }
      expect(told(Buffer.concat([raw, Buffer.from('x')]), method, [], false).keepsConnection).toBe(false);
    }
  });

  it('survives whatever bytes come', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given));
    const begun = fc.constantFrom(
      '',
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    fc.assert(
      fc.property(begun, bytes, cuts, (head, rest, places) => {
        const { heads, ends, isOver, fault } = told(
          Buffer.concat([Buffer.from(head), rest]),
          'GET',
          places,
          true,
        );
        expect(heads.length).toBeLessThanOrEqual(1);
        expect(ends).toBe(isOver ? 1 : 0);
        expect(isOver || fault !== undefined).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
