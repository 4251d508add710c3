import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScriptedPlane } from '../../test/scripted-plane.js';
import { backupCommand } from './backup.command.js';

const TAKEN = { file: '/b/x.db', bytes: 7, providers: 1, services: 2, checks: 3, sequence: 4, at: 'now' };

const problemOf = (code: string, detail: string): object => ({
  type: `urn:vitals:problem:${code}`,
  code,
  detail,
});

const plane = new ScriptedPlane();
/** A port on loopback that nobody listens on. */
let nobody: string;

beforeAll(() => plane.start());

beforeAll(async () => {
  const closed = createServer();
  await new Promise<void>((resume) => closed.listen(0, '127.0.0.1', resume));
  nobody = String((closed.address() as AddressInfo).port);
  await new Promise((resume) => closed.close(resume));
});

afterAll(() => plane.stop());

beforeEach(() => {
  plane.answer = { status: 201, body: TAKEN };
  plane.asked = undefined;
});

async function run(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await backupCommand(args, {
    env,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('vitals backup', () => {
  it('asks the control plane, and says what the backup holds', async () => {
    expect(await run(['x.db', '--control-plane', `${plane.url}/`, '--token', 't'])).toEqual({
      code: 0,
      out: '/b/x.db: 7 bytes, 1 provider, 2 services, 3 checks, up to transition 4\n',
      err: '',
    });
    expect(plane.asked).toEqual({ url: '/backups', authorization: 'Bearer t', body: '{"file":"x.db"}' });
  });

  it('takes control plane, port and token from the environment', async () => {
    await run([], { VITALS_CONTROL_PLANE: plane.url, VITALS_ADMIN_TOKEN: 'one', PORT: '1' });
    expect(plane.asked).toMatchObject({ authorization: 'Bearer one', body: '{}' });
    plane.asked = undefined;
    await run([], { PORT: new URL(plane.url).port });
    expect(plane.asked).toMatchObject({ authorization: undefined });
  });

  it.each([
    [
      401,
      problemOf('unauthenticated', 'a token is needed'),
      /a token is needed; give an administrator's with --token/,
    ],
    [409, problemOf('backup-conflict', 'x.db exists'), /answered 409: x.db exists/],
    [409, problemOf('backup-conflict', 'a\u001b[2Jb'), /a\\u001b\[2Jb/],
    [409, { detail: 'of something else' }, /answered 409: that is not a control plane/],
    [302, {}, /answered 302: that is not a control plane/],
    [404, '<html>', /answered 404: that is not a control plane, or an older one/],
    [200, TAKEN, /answered 200: that is not a control plane/],
    [201, { hello: 1 }, /answered 201: that is not a control plane/],
  ])('ends with 1 when it is answered %s %j', async (status, body, expected) => {
    plane.answer = { status, body };
    const { code, out, err } = await run([], { VITALS_CONTROL_PLANE: plane.url });
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(expected)]);
  });

  it.each([
    [['a.db', 'b.db'], {}, /^vitals backup: name one file, such as vitals backup before-the-upgrade\.db/],
    [['--colour'], {}, /--colour/],
    [['--control-plane', 'localhost:3000'], {}, /is not an http:\/\/ or https:\/\/ URL/],
    [[], { VITALS_CONTROL_PLANE: 'http://127.0.0.1:PORT' }, /nothing listens at .*without --control-plane/],
    [[], { DATABASE_URL: 'sqlite::memory:' }, /in memory/],
    [[], { DATABASE_URL: 'sqlite:/nowhere/v.db', VITALS_BACKUP_DIR: '/tmp' }, /there is no database at/],
    [
      [],
      { DATABASE_URL: 'sqlite:/nowhere/v.db' },
      /nothing listens at http:\S+:PORT, and there is no database at \/nowhere\/v\.db; .*--control-plane.*DATABASE_URL/,
    ],
    [[], { DATABASE_URL: 'postgres://db' }, /DATABASE_URL/],
  ])('ends with 1 when it is called with %j and %j', async (args, env, expected) => {
    const named = Object.entries(env).map(([name, value]) => [name, value.replace('PORT', nobody)]);
    const { code, err } = await run(args, { PORT: nobody, ...Object.fromEntries(named) });
    const said = new RegExp(expected.source.replace('PORT', nobody));
    expect([code, err]).toEqual([1, expect.stringMatching(said)]);
  });

  it('says how it is called', async () => {
    const { code, out } = await run(['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: vitals backup')]);
  });
});
