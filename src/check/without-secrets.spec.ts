import type { HttpTarget } from './target.js';
import { withoutSecrets } from './without-secrets.js';

function target(headers: Record<string, string>): HttpTarget {
  return { kind: 'http', url: 'http://x/', method: 'GET', headers, expectedCodes: [], tlsSkipVerify: false };
}

const BEARER = target({ authorization: 'Bearer abcdefghijklmnop', accept: '*/*' });

describe('What is said of a target', () => {
  it.each([
    ['a secret as it was sent', 'is "Bearer abcdefghijklmnop"', 'is "<redacted>"'],
    ['a credential without its scheme', 'is "abcdefghijklmnop"', 'is "<redacted>"'],
    ['one that is cut', 'is "abcdefghij', 'is "<redacted>'],
    ['one that is there twice', 'abcdefghijklmnop, abcdefghijklmnop', '<redacted>, <redacted>'],
    ['nothing of the kind', 'answered 500, expected 200 to 299', 'answered 500, expected 200 to 299'],
    ['what is too short to be a secret', 'answered */* with abcdefg', 'answered */* with abcdefg'],
  ])('does not say %s', (_what, message, spoken) => {
    expect(withoutSecrets(message, BEARER)).toBe(spoken);
  });
});

describe('What is said of a target with', () => {
  const basic = Buffer.from('admin:hunter2"hunter2').toString('base64');
  it.each([
    ['a secret in quotes', 'Digest a"top\\secret"'],
    ['a secret that has quotes at its beginning', 'Token "top\\secret"'],
    ['a secret with slashes', 'abcd/"secret/hunter2'],
    ['a name and a password', `Basic ${basic}`, 'admin:hunter2"hunter2'],
    ['a password', `basic ${basic}`, 'hunter2"hunter2'],
  ])('%s does not say any of it, in whatever quotes', (_what, authorization, said = authorization) => {
    let quoted = said;
    for (let level = 0; level < 4; level++) {
      const spoken = withoutSecrets(`it is ${quoted}, expected "UP"`, target({ authorization }));
      expect(spoken).toMatch(/^it is .*<redacted>.*, expected "UP"$/);
      expect(spoken).not.toMatch(/hunter2|secret/);
      quoted = JSON.stringify({ quoted });
    }
  });

  it('a secret and a member in quotes goes on saying what is none', () => {
    const message = String.raw`C:\temp is "abcdefghijklmnop\"", not "a\\b"`;
    expect(withoutSecrets(message, BEARER)).toBe(String.raw`C:\temp is "<redacted>\"", not "a\\b"`);
  });
});
