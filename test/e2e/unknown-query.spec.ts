import { TestControlPlane } from '../support/control-plane.js';
import { type Document, type Operation, operationsOf } from '../support/openapi/document.js';

/** What an answer says is wrong, as a problem or as an error of light-4j. */
interface Refused {
  readonly status: number;
  readonly text: string;
}

let plane: TestControlPlane;
let calls: readonly (readonly [method: string, path: string, Operation])[];

beforeAll(async () => {
  plane = await TestControlPlane.start();
  const document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
  calls = operationsOf(document);
});
afterAll(() => plane.stop());

async function ask(
  method: string,
  path: string,
  { requestBody }: Operation,
  query: string,
): Promise<Refused> {
  const target = path.replaceAll(/\{\w+\}/g, 'x') + query;
  const answer = await fetch(plane.url + target, {
    method: method.toUpperCase(),
    ...(requestBody && { headers: { 'content-type': 'application/json' }, body: '{}' }),
  });
  return { status: answer.status, text: await answer.text() };
}

const isHealth = ({ tags }: Operation): boolean => tags.includes('Health');
const queryOf = ({ parameters = [] }: Operation): NonNullable<Operation['parameters']> =>
  parameters.filter((one) => one.in === 'query');

describe('A query parameter that a call does not know', () => {
  it('is refused by every call, whatever it is for', async () => {
    const asked = calls.filter(([, , operation]) => !isHealth(operation));
    expect(asked.length).toBeGreaterThan(50);
    for (const [method, path, operation] of asked) {
      const { status, text } = await ask(method, path, operation, '?zzz_unknown=1');
      expect([method, path, status]).toEqual([method, path, 400]);
      const { code, detail, description } = JSON.parse(text) as Record<string, string>;
      expect([method, path, code, detail ?? description]).toEqual([
        method,
        path,
        /^\/(services|ws)/.test(path) ? 'ERR10014' : 'query-invalid',
        expect.stringMatching(/^unknown query parameter `zzz_unknown`; (this call takes none|there are `)/),
      ]);
    }
  });

  it('is refused with the name of the one that is nearest', async () => {
    let count = 0;
    for (const [method, path, operation] of calls.filter((call) => !isHealth(call[2]))) {
      for (const { name } of queryOf(operation)) {
        const misspelt = `${name.slice(0, -1)}_${name.slice(-1)}`;
        const { status, text } = await ask(method, path, operation, `?${misspelt}x=1`);
        expect([path, status, text]).toEqual([
          path,
          400,
          expect.stringContaining(`did you mean \`${name}\`?`),
        ]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(30);
    const { body } = await plane.send('GET', '/placement/candidates?service_type=vm&ram=8GB');
    expect(body).toMatchObject({
      status: 400,
      code: 'query-invalid',
      detail: 'unknown query parameter `ram`; did you mean `memory`?',
    });
  });

  it('is ignored by health: no probe turns red for it', async () => {
    for (const [method, path, operation] of calls.filter(([, , one]) => isHealth(one))) {
      const plain = await ask(method, path, operation, '');
      const { status } = await ask(method, path, operation, '?zzz_unknown=1&appid=vitals&a=1&a=2');
      expect([path, status]).toEqual([path, plain.status]);
    }
  });

  it('changes nothing: the call is not carried out', async () => {
    await plane.register('stays');
    expect((await plane.send('DELETE', '/providers/stays?force=true')).status).toBe(400);
    expect((await plane.send('PUT', '/providers/stays/cordon?a')).status).toBe(400);
    expect((await plane.send('GET', '/providers/stays')).body).toMatchObject({ cordoned: false });
    const beat = { timestamp: new Date().toISOString(), phase: 'Ready' };
    expect((await plane.send('PUT', '/providers/stays/status?a=b', beat)).body).toMatchObject({
      code: 'query-invalid',
      detail: 'unknown query parameter `a`; this call takes none',
    });
    expect((await plane.send('GET', '/providers/stays/status')).body).toMatchObject({
      availability: 'Unknown',
    });
  });
});

describe('A query parameter that is given twice', () => {
  it('is refused where one value is taken, and taken where there may be several', async () => {
    const repeatable: string[] = [];
    for (const [method, path, operation] of calls.filter((call) => !isHealth(call[2]))) {
      for (const { name, schema } of queryOf(operation)) {
        if ((schema as { type?: string }).type === 'array' || JSON.stringify(schema).includes('"array"')) {
          repeatable.push(`${path} ${name}`);
          continue;
        }
        const { status, text } = await ask(method, path, operation, `?${name}=1&${name}=1`);
        const detail = `the query parameter \`${name}\` takes one value, and is given 2 times`;
        expect([path, name, status, text]).toEqual([path, name, 400, expect.stringContaining(detail)]);
      }
    }
    expect(repeatable.toSorted()).toEqual([
      '/checks label',
      '/placement/candidates capability',
      '/placement/candidates label',
      '/providers label',
    ]);
    const { status } = await plane.send('GET', '/providers?label=a=b&label=c=d');
    expect(status).toBe(200);
  });
});
