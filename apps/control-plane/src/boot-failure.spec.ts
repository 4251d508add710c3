import { VitalsError } from '@vitals/core/errors';
import { describeBootFailure } from './start.js';

function failure(message: string, more: object): Error {
  return Object.assign(new Error(message), more);
}

describe('describeBootFailure', () => {
  it.each([
    [
      'a setting',
      new VitalsError('settings-invalid', 'One setting is wrong'),
      'vitals: One setting is wrong',
    ],
    [
      'a port in use',
      failure('listen EADDRINUSE', { code: 'EADDRINUSE', address: '127.0.0.1', port: 3000 }),
      'vitals: PORT: 127.0.0.1:3000 is in use by another process',
    ],
    [
      'a port in use on IPv6',
      failure('listen EADDRINUSE', { code: 'EADDRINUSE', address: '::', port: 3000 }),
      'vitals: PORT: [::]:3000 is in use by another process',
    ],
    [
      'a port of the system',
      failure('listen EACCES', { code: 'EACCES', address: '127.0.0.1', port: 80 }),
      'vitals: PORT: this user may not listen on 127.0.0.1:80',
    ],
    [
      'an address of another machine',
      failure('listen EADDRNOTAVAIL', { code: 'EADDRNOTAVAIL', address: '192.0.2.1' }),
      'vitals: HOST: 192.0.2.1 is not an address of this machine',
    ],
    ['a host that cannot be resolved', failure('getaddrinfo', { code: 'ENOTFOUND' }), 'vitals: HOST:'],
    [
      'a database that another process holds',
      failure('database is locked', { code: 'SQLITE_BUSY' }),
      'vitals: DATABASE_URL: the database /var/lib/vitals.db is in use by another process',
    ],
    [
      'a file that is no database',
      failure('file is not a database', { code: 'SQLITE_NOTADB' }),
      'vitals: DATABASE_URL: the database /var/lib/vitals.db cannot be opened: file is not a database. Restore a backup, or name another file',
    ],
    [
      'a file that was cut off',
      failure('database disk image is malformed', { code: 'SQLITE_CORRUPT' }),
      'vitals: DATABASE_URL: the database /var/lib/vitals.db cannot be opened: database disk image is malformed. It was cut off or overwritten. Restore a backup',
    ],
    [
      'a disk that fails',
      failure('disk I/O error', { code: 'SQLITE_IOERR' }),
      'vitals: DATABASE_URL: the database /var/lib/vitals.db cannot be opened: disk I/O error',
    ],
  ])('says in one line what to do about %s', (_what, error, text) => {
    const described = describeBootFailure(error, '/var/lib/vitals.db');
    expect(described.startsWith(text)).toBe(true);
    expect(described).not.toContain('\n');
  });

  it('keeps the stack of what nobody expected', () => {
    expect(describeBootFailure(new TypeError('x is undefined'))).toContain('boot-failure.spec');
  });

  it.each([['a text'], [42], [{}]])('takes %p for an error too', (thrown) => {
    expect(describeBootFailure(thrown)).toBe(`vitals: ${String(thrown)}`);
  });
});
