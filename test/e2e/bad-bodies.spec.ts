import { TestControlPlane } from '../support/control-plane.js';
import { beatOf } from '../support/secured.js';

let plane: TestControlPlane;
beforeAll(async () => (plane = await TestControlPlane.start()));
afterAll(() => plane.stop());

const PROBLEM = 'application/problem+json; charset=utf-8';

const view = async (name: string): Promise<Readonly<Record<string, unknown>>> =>
  (await plane.send('GET', `/providers/${name}/status`)).body;

describe('The JSON of a beat', () => {
  const phases = ['ready', 'READY', ' Ready', 'Ready ', 'Rеady', '', 'constructor', '__proto__'];

  it.each(phases)('does not know the phase %j', async (phase) => {
    await plane.register('phases');
    const { status, body } = await plane.beat('phases', phase);
    expect([status, body['detail']]).toEqual([422, expect.stringContaining('Starting, Ready, NotReady')]);
    expect(await view('phases')).toMatchObject({ phase: null, last_heartbeat_at: null });
  });

  const now = `"timestamp":"${new Date().toISOString()}"`;
  it.each([
    ['a member twice', `{${now},"phase":"Ready","phase":"Draining"}`, 400],
    ['the name of a prototype', `{${now},"phase":"Ready","__proto__":{"phase":"Draining"}}`, 422],
    ['members only in a prototype', `{"__proto__":{${now},"phase":"Ready"}}`, 422],
    ['a constructor', `{${now},"phase":"Ready","constructor":{"prototype":{"polluted":true}}}`, 422],
    ['half a character', `{${now},"phase":"Ready","note":"\\ud800"}`, 422],
    ['a character of no text', `{${now},"phase":"Ready","note":"\\u0000"}`, 422],
    ['32 levels', `{${now},"phase":"Ready","note":${'['.repeat(31)}${']'.repeat(31)}}`, 200],
    ['7,000 levels', `{${now},"phase":"Ready","note":${'['.repeat(7_000)}${']'.repeat(7_000)}}`, 422],
    ['amounts that are no numbers', `{${now},"phase":"Ready","resources":{"cpu":1e999}}`, 422],
    ['amounts below nothing', `{${now},"phase":"Ready","resources":{"cpu":-1}}`, 422],
    ['amounts of an object', `{${now},"phase":"Ready","resources":{"cpu":{"valueOf":1}}}`, 422],
    ['resources of a list', `{${now},"phase":"Ready","resources":[1]}`, 422],
    ['a capability without a name', `{${now},"phase":"Ready","capabilities":[""]}`, 422],
    ['a byte order mark', `\ufeff{${now},"phase":"Ready"}`, 200],
    ['a comment', `{${now},"phase":"Ready"} // alive`, 400],
    ['a comma too many', `{${now},"phase":"Ready",}`, 400],
    ['two texts', `{${now},"phase":"Ready"}{}`, 400],
    ['a number', '1', 422],
    ['a text', '"Ready"', 422],
  ])('may hold %s, or is refused', async (_what, text, status) => {
    await plane.register('texts');
    const answer = await plane.send('PUT', '/providers/texts/status', text);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.type).toBe(PROBLEM);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    // the mark may stand at the beginning only
    const inBatch = text.startsWith('\ufeff') ? 400 : status;
    expect((await plane.send('POST', '/heartbeats', `{"items":[${text}]}`)).status).toBe(
      inBatch === 400 ? 400 : 200,
    );
  });
});

describe('A batch', () => {
  it('takes what is right of it, and answers the rest each with its problem', async () => {
    await plane.register('in-batch');
    const beat = beatOf();
    const items = [
      { name: 'in-batch', ...beat },
      { name: 'in-batch', ...beat, phase: 'ready' },
      { name: 'in-batch', ...beat, generation: 7 },
      { name: 'not-there', ...beat },
      { name: 'NO NAME', ...beat },
      { name: 'x'.repeat(10_000), ...beat },
      { name: '__proto__', ...beat },
      { name: 5, ...beat },
      null,
      [],
      { name: 'in-batch', ...beat, phase: 'Draining' },
    ];
    const { status, body } = await plane.send('POST', '/heartbeats', { items });
    const results = body['results'] as { name: string | null; status: number; problem?: object }[];
    expect([status, results.map((result) => result.status)]).toEqual([
      200,
      [200, 422, 409, 404, 422, 422, 422, 422, 422, 422, 200],
    ]);
    for (const { status: each, problem } of results)
      expect(each === 200 ? problem : (problem as { status: number }).status).toBe(
        each === 200 ? undefined : each,
      );
    expect((await view('in-batch'))['phase']).toBe('Draining');
  });

  it('repeats of a wrong name what may be written', async () => {
    const names = ['a\0', '\ud800', `${'x'.repeat(252)}😀`];
    const items = names.map((name) => ({ name, ...beatOf() }));
    const { body } = await plane.send('POST', '/heartbeats', { items });
    const results = body['results'] as { name: string }[];
    expect(results.map(({ name }) => name)).toEqual(['aU+0000', 'U+D800', 'x'.repeat(252)]);
  });

  it('of a member with a long name has a short answer', async () => {
    const items = [{ name: 'in-batch', ...beatOf(), ['/'.repeat(500_000)]: '\0' }];
    const { body } = await plane.send('POST', '/heartbeats', { items });
    expect(JSON.stringify(body).length).toBeLessThan(2_000);
  });

  it.each([
    ['no items', {}],
    ['items of no list', { items: {} }],
    ['1,001 items', { items: Array.from({ length: 1_001 }, () => ({})) }],
  ])('of %s is refused as a whole', async (_what, body) => {
    const answer = await plane.send('POST', '/heartbeats', body);
    expect([answer.status, answer.type]).toEqual([422, PROBLEM]);
  });
});
