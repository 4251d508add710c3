import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BackedUp } from '../support/backed-up.js';
import { registration } from '../support/control-plane.js';
import { freePort } from '../support/control-plane-process.js';

/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;

describe('A backup', () => {
  it.concurrent('is the administrator’s to take, in the one folder, under a name that is free', () =>
    BackedUp.with(async (data) => {
      await data.start();
      const { body: reader } = await data.ask('POST', '/tokens', { kind: 'read-only' });
      expect((await data.ask('POST', '/backups', {}, String(reader['token']))).status).toBe(403);
      expect((await data.ask('POST', '/backups', {}, 'nobody')).status).toBe(401);
      const names = [
        '../x.db',
        '/tmp/x.db',
        'a/b.db',
        '.db',
        '..',
        'x',
        'x.db-wal',
        'x\u0000.db',
        'x.db\n',
        7,
        null,
        'x'.repeat(200),
      ];
      for (const file of names) expect((await data.ask('POST', '/backups', { file })).status).toBe(422);
      expect((await data.ask('POST', '/backups', { file: 'x.db' })).status).toBe(201);
      expect((await data.ask('POST', '/backups', { file: 'x.db' })).body['code']).toBe('backup-conflict');
      expect((await data.ask('POST', '/backups')).status).toBe(201);
      expect(readdirSync(data.backups).filter((name) => !/^(x|vitals-\d{8}T\d{9}Z)\.db$/.test(name))).toEqual(
        [],
      );
      for (const name of readdirSync(data.backups))
        expect(statSync(join(data.backups, name)).mode & 0o777).toBe(0o600);
      rmSync(data.backups, { recursive: true });
      expect((await data.ask('POST', '/backups')).body).toMatchObject({ status: 503, code: 'backup-failed' });
      expect(existsSync(data.backups)).toBe(false);
    }),
  );

  (limitable ? it.concurrent : it.skip)(
    'that finds the disk full leaves nothing behind, and everything going',
    () =>
      BackedUp.with(async (data) => {
        await data.start();
        await data.ask('POST', '/providers', registration('a'));
        execFileSync('prlimit', ['--pid', String(data.plane.pid), '--fsize=16384:']);
        expect((await data.ask('POST', '/backups', { file: 'x.db' })).body).toMatchObject({
          status: 503,
          code: 'backup-failed',
        });
        expect(readdirSync(data.backups)).toEqual([]);
        execFileSync('prlimit', ['--pid', String(data.plane.pid), '--fsize=unlimited:']);
        expect((await data.ask('POST', '/providers', registration('b'))).status).toBe(201);
        expect((await data.ask('POST', '/backups', { file: 'x.db' })).body).toMatchObject({ providers: 2 });
      }),
  );

  it.concurrent('is one at a time', () =>
    BackedUp.with(async (data) => {
      await data.start();
      const answers = await Promise.all(
        ['x.db', 'y.db', 'z.db'].map((file) => data.ask('POST', '/backups', { file })),
      );
      const refused = answers.filter(({ status }) => status !== 201);
      expect(new Set(refused.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
        new Set(['409 backup-conflict']),
      );
      expect(readdirSync(data.backups)).toHaveLength(3 - refused.length);
    }),
  );

  it.concurrent(
    'is taken from the command line by the control plane that runs, or of the file where none runs',
    () =>
      BackedUp.with(async (data) => {
        await data.start();
        await data.ask('POST', '/providers', registration('a'));
        const named = { VITALS_CONTROL_PLANE: data.plane.url };
        expect(await data.vitals(['one.db'], named)).toEqual({
          code: 0,
          out: expect.stringMatching(
            /one\.db: \d+ bytes, 1 provider, 0 services, 0 checks, up to transition 0\n$/,
          ),
          err: '',
        });
        expect(await data.vitals(['one.db'], named)).toMatchObject({
          code: 1,
          err: expect.stringContaining('exists'),
        });
        expect(await data.vitals(['two.db'], { ...named, VITALS_ADMIN_TOKEN: 'wrong' })).toMatchObject({
          code: 1,
          err: expect.stringContaining('--token'),
        });
        await data.plane.kill();
        expect(await data.vitals(['two.db'], named)).toMatchObject({
          code: 1,
          err: expect.stringContaining('nothing listens'),
        });
        const nobody = String(await freePort());
        expect(await data.vitals(['two.db', '--control-plane', `http://127.0.0.1:${nobody}`])).toMatchObject({
          code: 1,
        });
        expect(readdirSync(data.backups)).toEqual(['one.db']);
        // what lies in the WAL of the control plane that was killed is in it
        expect(await data.vitals(['two.db'], { PORT: nobody })).toMatchObject({
          code: 0,
          out: expect.stringContaining('1 provider,'),
        });
        expect(await data.vitals([join(data.backups, 'by-path')], { PORT: nobody })).toMatchObject({
          code: 0,
        });
        await data.start();
        expect(data.plane.output).toContain('1 providers');
        expect(await data.vitals(['three.db'], { PORT: nobody })).toMatchObject({
          code: 1,
          err: expect.stringContaining('a control plane uses'),
        });
        expect(readdirSync(data.backups).toSorted()).toEqual(['by-path', 'one.db', 'two.db']);
      }),
  );
});
