import type { HttpTarget } from '@vitals/core/probe';
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
    ['a secret in quotes', 'Digest "top\\secret"', 'is "Digest \\"top\\\\secret\\""'],
    ['a credential in quotes', 'Token "top\\secret"', 'is "\\"top\\\\secret\\""'],
    ['a name and a password', `Basic ${basic}`, `is ${basic} of admin:hunter2"hunter2`],
    ['a password', `basic ${basic}`, 'is {"password":"hunter2\\"hunter2"}'],
  ])('%s does not say it as JSON has it, nor decoded', (_what, authorization, message) => {
    const spoken = withoutSecrets(message, target({ authorization }));
    expect(spoken).toContain('<redacted>');
    expect(spoken).not.toMatch(/hunter2|secret/);
  });
});
