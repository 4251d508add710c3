import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedPlane } from '../../test/scripted-plane.js';
import type { PlanBody } from '../declarations/plan.js';
import { planCommand } from './plan.command.js';

const NOTHING: PlanBody = { create: [], change: [], remove: [], kept: [], unchanged: 3 };
const PLAN: PlanBody = {
  create: [{ kind: 'check', id: 'db', summary: 'tcp 10.0.0.7:5432 every 10s' }],
  change: [
    {
      kind: 'check',
      id: 'web',
      fields: [
        { pointer: '/interval', from: '10s', to: '30s' },
        { pointer: '/labels/a~1b', to: 'x y' },
      ],
    },
  ],
  remove: [{ kind: 'check', id: 'old' }],
  kept: [
    { kind: 'provider', id: 'p', fields: [{ pointer: '/endpoint', from: 'http://a', to: '\u001b[2J' }] },
  ],
  unchanged: 2,
};

const folder = mkdtempSync(join(tmpdir(), 'vitals-'));
const file = join(folder, 'vitals.yaml');
const plane = new ScriptedPlane();
beforeAll(() => plane.start());

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await plane.stop();
});

beforeEach(() => {
  plane.answer = { status: 200, body: NOTHING };
  plane.asked = undefined;
  writeFileSync(file, 'checks:\n  - id: a\n    type: ttl\n');
});

/** Runs the command; by default on the file, asking the server. */
async function run(
  args: string[] = [file, '--control-plane', plane.url],
  env: Record<string, string> = {},
  isTTY = false,
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await planCommand(args, {
    env,
    stdout: { isTTY, write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('The dry run', () => {
  it('sends the file as JSON, and ends with 0 when nothing would change', async () => {
    expect(await run()).toEqual({ code: 0, out: 'Nothing would change: 3 unchanged.\n', err: '' });
    expect(plane.asked).toEqual({
      url: '/declarations/plan',
      authorization: undefined,
      body: '{"checks":[{"id":"a","type":"ttl"}]}',
    });
  });

  it('prints what would change, and ends with 2', async () => {
    plane.answer = { status: 200, body: PLAN };
    expect(await run()).toEqual({
      code: 2,
      out: [
        '+ check db (tcp 10.0.0.7:5432 every 10s)',
        '~ check web: interval 10s → 30s, labels/a/b (none) → "x y"',
        '- check old',
        '= provider p: endpoint http://a → "\\u001b[2J" (not applied: it registered itself)',
        'Plan: 1 to create, 1 to change, 1 to remove, 2 unchanged.',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('has colours on a terminal only, and none where NO_COLOR is set', async () => {
    plane.answer = { status: 200, body: PLAN };
    expect((await run(undefined, {}, true)).out).toContain('\u001b[32m+ check db');
    expect((await run(undefined, { NO_COLOR: '1' }, true)).out).not.toContain('\u001b');
  });

  it('takes the token from the environment, or from the command line before that', async () => {
    await run(undefined, { VITALS_ADMIN_TOKEN: 'one' });
    expect(plane.asked?.authorization).toBe('Bearer one');
    await run([file, '--control-plane', `${plane.url}/`, '--token', 'two'], { VITALS_ADMIN_TOKEN: 'one' });
    expect(plane.asked).toMatchObject({ authorization: 'Bearer two', url: '/declarations/plan' });
  });

  it('refuses a setting that is not one, without asking anybody', async () => {
    const { code, out, err } = await run(undefined, { VITALS_ADMINTOKEN: 'one' });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('VITALS_ADMINTOKEN: is not a setting; did you mean `VITALS_ADMIN_TOKEN`?');
    expect(plane.asked).toBeUndefined();
  });

  it('says where a file is wrong that is no YAML, without asking anybody', async () => {
    writeFileSync(file, 'checks:\n  - id: a\n    id: b\n');
    expect(await run()).toEqual({ code: 1, out: '', err: `${file}:3:5: "id" is there twice; keep one\n` });
    expect(plane.asked).toBeUndefined();
  });

  it('says where the file is wrong by what the control plane says', async () => {
    const errors = [{ pointer: '/checks/0/type', detail: 'must be something else' }];
    plane.answer = {
      status: 422,
      body: { type: 'urn:vitals:problem:request-invalid', code: 'request-invalid', detail: 'wrong', errors },
    };
    expect(await run()).toEqual({
      code: 1,
      out: '',
      err: `${file}:3:5: /checks/0/type: must be something else\n`,
    });
  });

  it.each([
    [
      401,
      { code: 'unauthenticated', detail: 'a token is needed' },
      /a token is needed; give an administrator's/,
    ],
    [
      403,
      { code: 'forbidden', detail: 'it only reads' },
      /answered 403: it only reads; give an administrator's/,
    ],
    [
      503,
      {
        type: 'urn:vitals:problem:store-unavailable',
        code: 'store-unavailable',
        detail: 'the store is away',
      },
      /answered 503: the store is away\n$/,
    ],
  ])('ends with 1 when the control plane says %s', async (status, body, expected) => {
    plane.answer = { status, body };
    const { code, err } = await run();
    expect([code, err]).toEqual([1, expect.stringMatching(expected)]);
  });

  it('writes out what would control a terminal, wherever that is said', async () => {
    plane.answer = {
      status: 503,
      body: { type: 'urn:vitals:problem:overloaded', code: 'overloaded', detail: 'busy\u001b[2J' },
    };
    expect((await run()).err).toContain('busy\\u001b[2J\n');
    plane.answer = {
      status: 422,
      body: {
        type: 'urn:vitals:problem:x',
        code: 'x',
        detail: '',
        errors: [{ pointer: '/a', detail: 'b\u001b[2J' }],
      },
    };
    expect((await run()).err).toContain('b\\u001b[2J\n');
    plane.answer = { status: 200, body: { ...NOTHING, remove: [{ kind: 'check', id: 'old\u001b[2J' }] } };
    expect((await run()).out).toContain('- check old\\u001b[2J\n');
  });

  it.each([
    [[], /^vitals plan: name one file, such as vitals plan checks\.yaml$/m],
    [[file, file], /name one file/],
    [[file, '--colour'], /--colour/],
    [[file, '--control-plane', 'localhost:3000'], /is not an http:\/\/ or https:\/\/ URL/],
    [
      [join(folder, 'nope')],
      /^vitals plan: \S+nope: there is no such file; put it there, or name another\n$/,
    ],
    [[file, '--control-plane', 'http://127.0.0.1:1'], /does not answer: .*; is it the control plane\?/],
  ])('ends with 1 when it is called with %j', async (args, expected) => {
    const { code, err } = await run(args);
    expect([code, err]).toEqual([1, expect.stringMatching(expected)]);
  });

  it('finds the file from where npm was called', async () => {
    expect((await run(['vitals.yaml', '--control-plane', plane.url], { INIT_CWD: folder })).code).toBe(0);
  });

  it('says how it is called', async () => {
    const { code, out } = await run(['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: vitals plan')]);
  });
});
