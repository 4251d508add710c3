import fc from 'fast-check';
import { SystemClock } from '../time/clock.js';
import { redact, redactFact } from './redact.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('redact', () => {
  it.each<[string, string]>([
    ['redis://user:hunter2@db:6379/0', 'redis://***@db:6379/0'],
    ['postgres://u:p@ss@word@db/x failed', 'postgres://***@db/x failed'],
    ['amqps://:secret@mq', 'amqps://***@mq'],
    ['POSTGRES://U:P@DB', 'POSTGRES://***@DB'],
    ['mongodb+srv://u:p@a,b/db', 'mongodb+srv://***@a,b/db'],
    ['one http://a:b@x and two http://c:d@y', 'one http://***@x and two http://***@y'],
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***'],
    ['authorization: basic dXNlcjpwYXNz', 'authorization: basic ***'],
    [`sent ${JWT} away`, 'sent *** away'],
    ['password=hunter2', 'password=***'],
    ['password = hunter2', 'password = ***'],
    ['PASSWORD: hunter2', 'PASSWORD: ***'],
    ['Server=db;Pwd=hunter2;Timeout=5', 'Server=db;Pwd=***;Timeout=5'],
    ['{"password":"hun ter2","user":"u"}', '{"password":***,"user":"u"}'],
    ['{"password":"hun\\"ter2","user":"u"}', '{"password":***,"user":"u"}'],
    ["passphrase='hun ter2' user=u", 'passphrase=*** user=u'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=*** psql'],
    ['aws_secret_access_key=AKIA123', 'aws_secret_access_key=***'],
    ['client_secret=abc&x=1', 'client_secret=***&x=1'],
    ['api_key=abc', 'api_key=***'],
    ['apiKey: abc', 'apiKey: ***'],
    ['api key: abc', 'api key: ***'],
    ['http://a/b redis://u:p@h', 'http://a/b redis://***@h'],
    ['a://a://a://u:p@h', 'a://***@h'],
    ['access_token=abc', 'access_token=***'],
    ['private-key: abc', 'private-key: ***'],
    ['credentials=abc', 'credentials=***'],
    ['AccountName=a;AccountKey=S==;', 'AccountName=a;AccountKey=***;'],
    ['DB_PASS=S', 'DB_PASS=***'],
    ['https://a/b?sig=S&x=1', 'https://a/b?sig=***&x=1'],
    ['Cookie: session=S', 'Cookie: ***'],
    ['Authorization: Digest S', 'Authorization: Digest ***'],
    ['q=password%3DS', 'q=password%3D***'],
    ["password='it\\'sS' u", 'password=*** u'],
    ['password=[a,S] u', 'password=*** u'],
    ['password:\t\t\t\t\tS', 'password:\t\t\t\t\t***'],
    ['mongodb://u:p/S@h', 'mongodb://***@h'],
    ['"{\\"password\\":\\"S\\"}"', '"{\\"password\\":***'],
  ])('takes the secret out of %j', (text, safe) => {
    expect(redact(text)).toBe(safe);
  });

  it.each<[string]>([
    [''],
    ['connect ECONNREFUSED 127.0.0.1:5432'],
    ['http://host:8080/path?x=1 answered 503'],
    ['http://host/users/@me'],
    ['mail to ops@example.org'],
    ['timed out after 800 ms'],
    ['the password is wrong'],
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('cuts a long text', () => {
    expect(redact('x'.repeat(5_000))).toBe(`${'x'.repeat(2_000)}…`);
    expect(redact('x'.repeat(2_000))).toBe('x'.repeat(2_000));
  });

  it('does not let the first half of a secret through where it cuts', () => {
    for (let before = 1_960; before <= 2_000; before++) {
      const safe = redact(`${'x '.repeat(before / 2)}redis://user:hunter2@db ${'x'.repeat(3_000)}`);
      expect(safe).not.toMatch(/hunt|user/);
    }
  });

  it('does not show the first half of a secret where the text that is read ends', () => {
    for (let before = 7_950; before <= 8_000; before++) {
      const safe = redact(`password=${'x'.repeat(before - 9)} redis://user:hunter2@db`);
      expect(safe).not.toMatch(/hunt|user/);
    }
  });

  it('finds every secret of a text, however many there are and in whatever order', () => {
    const secret = fc.constantFrom(
      'redis://u:hunter2@h/0',
      'Bearer hunter2hunter2',
      'password=hunter2',
      'pwd: "hunter2";',
      '{"token": "hunter2"}',
    );
    const noise = fc.constantFrom('x', 'failed', '42', 'http://h/', '@', '=');
    fc.assert(
      fc.property(fc.array(fc.oneof(secret, noise), { maxLength: 400 }), (parts) => {
        expect(redact(parts.join(' '))).not.toContain('hunter2');
      }),
    );
  });

  it('takes any user and password out of a URL', () => {
    const letters = fc.stringMatching(/^[A-Za-z0-9._~!$&()*+,;=:%-]{8,40}$/);
    fc.assert(
      fc.property(letters, letters, (user, password) => {
        const safe = redact(`connecting to postgres://${user}:${password}@db/x failed`);
        expect(safe).toBe('connecting to postgres://***@db/x failed');
      }),
    );
  });

  it.each([['a://'], ['password="'], ['eyJabcdef.'], ['a.'], ['bearer '], ['password: ']])(
    'takes linear time on a megabyte of %j',
    (piece) => {
      const clock = new SystemClock();
      const startedMs = clock.monotonicMs();
      redact(piece.repeat(1_000_000 / piece.length));
      // what grows with the square of the length takes minutes
      expect(clock.monotonicMs() - startedMs).toBeLessThan(10_000);
    },
  );
});

it('What is cut never ends in half of a character', () => {
  expect(redact(`${'a'.repeat(1_999)}😀😀`)).toBe(`${'a'.repeat(1_999)}…`);
  expect(redact(`${'a'.repeat(1_998)}😀😀`)).toBe(`${'a'.repeat(1_998)}😀…`);
});

describe('redactFact', () => {
  it.each<[string, unknown, unknown]>([
    ['password', 'hunter2', '***'],
    ['token', 12_345_678, '***'],
    ['dbPassword', { value: 'S' }, '***'],
    ['url', 'redis://u:p@h', 'redis://***@h'],
    ['bypass', 'yes', 'yes'],
    ['passed', 3, 3],
    ['author', 'me', 'me'],
  ])('of %s %j leaves %j', (key, value, left) => {
    expect(redactFact(key, value)).toBe(left);
  });

  it('leaves no tail of a long secret', () => {
    const key = 'S'.repeat(1_600);
    expect(redact(`secret=${key}`)).toBe('secret=***');
    expect(redact(`private_key: "${key}`)).toBe('private_key: ***');
  });
});
