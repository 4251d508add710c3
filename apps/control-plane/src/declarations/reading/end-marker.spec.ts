import fc from 'fast-check';
import { readDeclarationsFile } from './declarations.file.js';

const BODY = 'checks:\n  - id: a\n    type: ttl\n    interval: 30s\n  - id: b\n    type: ttl\n';
const valueOf = (text: string): unknown => readDeclarationsFile(new TextEncoder().encode(text)).value;

describe('A file that announces its end', () => {
  it.each(['\n', '\r\n'])(
    'is refused wherever it is cut off, or means the same, with lines that end in %j',
    (end) => {
      const whole = `# ends with ...\n${BODY}...\n`.replaceAll('\n', end);
      expect(valueOf(whole)).toEqual(valueOf(BODY));
      fc.assert(
        fc.property(fc.nat(whole.length), (length) => {
          expect([undefined, JSON.stringify(valueOf(BODY))]).toContain(
            JSON.stringify(valueOf(whole.slice(0, length))),
          );
        }),
        { numRuns: 300 },
      );
    },
  );

  it('is another one without: a part of it may be right by itself', () => {
    expect(valueOf(BODY.slice(0, 31))).toEqual({ checks: [{ id: 'a', type: 'ttl' }] });
  });

  it('says what is missing', () => {
    const { faults } = readDeclarationsFile(new TextEncoder().encode(`# ends with ...\n${BODY}`));
    expect(faults).toEqual([{ detail: expect.stringContaining('is not complete') }]);
  });
});
