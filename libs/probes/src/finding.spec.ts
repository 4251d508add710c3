import { ManualClock, RunningClock } from '@vitals/core/time';
import { ConnectionDenied } from './connector.js';
import { findingOf, spoken } from './finding.js';
import { ProbeRun } from './probe-run.js';

const clock = new ManualClock();
const run = new ProbeRun(clock, new RunningClock(clock), 2_000);
const fault = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`raw ${code}`), { code, ...more });

describe('an error of a probe', () => {
  it.each([
    [
      'failure',
      fault('ECONNREFUSED', { syscall: 'connect', address: '192.0.2.1', port: 80 }),
      'the connection was refused (192.0.2.1:80)',
    ],
    [
      'failure',
      fault('ECONNREFUSED', { syscall: 'connect', address: '2001:db8::1', port: 443 }),
      'the connection was refused ([2001:db8::1]:443)',
    ],
    ['failure', fault('ENOTFOUND'), 'the name does not resolve to an address'],
    ['failure', fault('EHOSTUNREACH', { address: '192.0.2.1' }), 'the host cannot be reached (192.0.2.1)'],
    ['failure', fault('SOMETHING_ELSE'), 'raw SOMETHING_ELSE'],
    ['failure', fault('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'the server does not trust the client certificate'],
    ['failure', 'thrown text', 'thrown text'],
    [
      'unjudged',
      fault('EMFILE', { address: '192.0.2.1' }),
      'this process has no file descriptor left; raise its limit (ulimit -n) or check less often',
    ],
    ['unjudged', fault('ENFILE'), 'this machine has no file descriptor left'],
    ['unjudged', fault('EADDRNOTAVAIL'), 'this machine has no free address or port to connect from'],
    [
      'unjudged',
      fault('ECONNREFUSED', { syscall: 'queryA' }),
      'the DNS server of this machine refuses the query',
    ],
    [
      'unjudged',
      fault('ERR_NO_ROOM_FOR_BODY'),
      'too many bodies of more than 64 KiB are being read at a time; check less often, or read less (max_body)',
    ],
    ['denied', new ConnectionDenied('not there'), 'not there'],
  ])('is %s: %p', (outcome, error, message) => {
    expect(findingOf(error, run)).toEqual({ outcome, message });
  });

  it('blames no target for a fault of the program', () => {
    for (const error of [
      new TypeError('x is not a function'),
      new RangeError('too far'),
      new ReferenceError('x'),
    ])
      expect(findingOf(error, run).outcome).toBe('unjudged');
  });

  it('is a failure in time if the time was up, whatever it was', async () => {
    const expired = new ProbeRun(clock, new RunningClock(clock), 100);
    expired.step = 'agreeing on TLS';
    await clock.advance(100);
    expect(findingOf(fault('ECONNRESET'), expired).message).toBe(
      'no answer within 100 ms, while agreeing on TLS',
    );
  });
});

describe('spoken', () => {
  it('has no control characters, no directions of writing and no ends of line', () => {
    expect(spoken('a\r\n\u0000b\u001b[31mc\u202ed\u2028e\u0085f')).toBe('a b [31mc d e f');
  });

  it('is at most 256 characters long, and never ends in half of one', () => {
    expect(spoken('a'.repeat(256))).toBe('a'.repeat(256));
    expect(spoken('a'.repeat(257))).toBe(`${'a'.repeat(255)}…`);
    expect(spoken(`${'a'.repeat(254)}😀😀`)).toBe(`${'a'.repeat(254)}…`);
  });

  it('has no credentials', () => {
    expect(spoken('failed at http://user:hunter2@a.test/ with password=hunter2')).not.toContain('hunter2');
  });
});
