import { ManualClock } from '@vitals/core/time';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidatesOf, parseHosts, parseSearchList, SystemFile } from './system-files.js';

describe('parseHosts', () => {
  it('gives the addresses of each name, in order, without comments', () => {
    const text =
      '127.0.0.1 localhost\n::1\tlocalhost ip6 # loopback\n#10.0.0.9 gone\n10.0.0.5 Db DB.prod\nnot-an-address x\n';
    expect(Object.fromEntries(parseHosts(text))).toEqual({
      localhost: ['127.0.0.1', '::1'],
      ip6: ['::1'],
      db: ['10.0.0.5'],
      'db.prod': ['10.0.0.5'],
    });
  });
});

describe('parseSearchList', () => {
  it.each([
    ['nothing', '', { domains: [], ndots: 1 }],
    ['servers only', 'nameserver 10.0.0.2\n', { domains: [], ndots: 1 }],
    [
      'what Kubernetes writes',
      'search prod.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.0.0.10\noptions ndots:5\n',
      { domains: ['prod.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], ndots: 5 },
    ],
    ['a domain', 'domain Example.ORG.\n', { domains: ['example.org'], ndots: 1 }],
    ['two lists', 'search a\nsearch b c\n', { domains: ['b', 'c'], ndots: 1 }],
    ['the root and other options', 'search .\noptions rotate ndots:2 timeout:1\n', { domains: [], ndots: 2 }],
  ])('reads %s', (_what, text, list) => expect(parseSearchList(text)).toEqual(list));
});

describe('candidatesOf', () => {
  const list = { domains: ['svc.local', 'local'], ndots: 2 };

  it.each([
    ['db', ['db.svc.local', 'db.local', 'db']],
    ['db.prod', ['db.prod.svc.local', 'db.prod.local', 'db.prod']],
    ['api.example.org', ['api.example.org', 'api.example.org.svc.local', 'api.example.org.local']],
    ['db.prod.', ['db.prod']],
  ])('asks for %s as %j', (name, candidates) => expect(candidatesOf(name, list)).toEqual(candidates));
});

describe('SystemFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'system-files-'));
  const path = join(folder, 'hosts');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read again after it changed, stays as it was while it cannot be read, is empty while it is not there', async () => {
    const clock = new ManualClock();
    let parsed = 0;
    const file = new SystemFile(path, (text) => ({ text, number: parsed++ }), clock);
    expect(file.read().text).toBe('');
    writeFileSync(path, 'one');
    expect(file.read().text).toBe('');
    await clock.advance(5_000);
    const first = file.read();
    expect(first.text).toBe('one');
    await clock.advance(5_000);
    expect(file.read()).toBe(first);
    writeFileSync(path, 'another');
    await clock.advance(5_000);
    expect(file.read().text).toBe('another');
    rmSync(path);
    mkdirSync(path);
    await clock.advance(5_000);
    expect(file.read().text).toBe('another');
    rmSync(path, { recursive: true });
    await clock.advance(5_000);
    expect(file.read().text).toBe('');
  });
});
