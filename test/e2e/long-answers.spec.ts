import { MAX_PAGE_BYTES } from '../../apps/control-plane/src/http/list-page.js';
import { idOf, LongAnswers, nameOf, PROVIDERS, SERVICES } from '../support/long-answers.js';

let long: LongAnswers;
beforeAll(async () => (long = await LongAnswers.start()), 180_000);
afterEach(() => long.closeAll());
afterAll(() => long.stop());

async function json(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(long.url + path)).json()) as Record<string, unknown>;
}

describe('Pages', () => {
  it('end at 1 MiB of items, and go on with their token', async () => {
    const names: string[] = [];
    const sizes: number[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const answer = await fetch(
        `${long.url}/providers?max_page_size=1000${token && `&page_token=${token}`}`,
      );
      const text = await answer.text();
      sizes.push(text.length);
      const page = JSON.parse(text) as { providers: { name: string }[]; next_page_token?: string };
      names.push(...page.providers.map(({ name }) => name));
      token = page.next_page_token;
    }
    expect(names).toEqual(Array.from({ length: PROVIDERS }, (_, at) => nameOf(at)));
    expect(sizes.length).toBeGreaterThan(4);
    for (const size of sizes) expect(size).toBeLessThan(MAX_PAGE_BYTES + 200);
  });

  it.each([
    ['/checks?max_page_size=1000', 'checks', SERVICES],
    ['/provider-status?max_page_size=1000', 'providers', PROVIDERS],
    ['/provider-health?max_page_size=1000', 'providers', PROVIDERS],
  ])('of %s tell everything once', async (path, list, count) => {
    let told = 0;
    for (let token: string | undefined = ''; token !== undefined;) {
      const page: Record<string, unknown> = await json(`${path}${token && `&page_token=${token}`}`);
      told += (page[list] as unknown[]).length;
      token = page['next_page_token'] as string | undefined;
    }
    expect(told).toBe(count);
  });

  it('of tokens are given in the same form', async () => {
    for (let at = 0; at < 5; at++)
      await long.plane.send('POST', '/tokens', { kind: 'read-only', description: `d${at}` });
    const all = (await json('/tokens'))['tokens'] as { id: string }[];
    const [first, second] = [await json('/tokens?max_page_size=3'), undefined];
    expect(second).toBeUndefined();
    const next = await json(`/tokens?max_page_size=3&page_token=${String(first['next_page_token'])}`);
    expect([first['tokens'], next['tokens']].flat()).toEqual(all);
    expect([all.length, next['next_page_token']]).toEqual([5, undefined]);
    expect((await long.plane.send('GET', '/tokens?page_token=!')).status).toBe(422);
  });
});

describe('Maps that may not be cut', () => {
  it.each([
    ['/services', SERVICES],
    ['/services/check', SERVICES],
  ])('%s is told whole, and in pieces', async (path, count) => {
    const answer = await fetch(long.url + path);
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Object.keys((await answer.json()) as object)).toHaveLength(count);
  });

  it('leaves out what goes while it is told, and has the length of a short one', async () => {
    const answer = await fetch(`${long.url}/services/lookup?serviceId=${idOf(1)}`);
    expect(answer.headers.get('content-length')).toBe(String((await answer.text()).length));
    const head = await fetch(`${long.url}/services/check`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('More unread answers than there is room for', () => {
  it('are refused with 503 where they are long, and answered where they are short', async () => {
    const release = long.holdAll();
    const refused = await fetch(`${long.url}/providers?max_page_size=1000`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    const light = await fetch(`${long.url}/services/check`);
    expect([light.status, light.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await light.json()).toMatchObject({ statusCode: 503, severity: 'ERROR' });
    expect((await fetch(`${long.url}/healthz`)).status).toBe(204);
    expect((await fetch(`${long.url}/openapi.json`)).status).toBe(200);
    expect((await long.plane.beat('p000')).status).toBe(200);
    expect((await fetch(`${long.url}/providers?max_page_size=1`)).status).toBe(503);
    expect((await fetch(`${long.url}/provider-status?max_page_size=10`)).status).toBe(200);
    release();
    expect((await fetch(`${long.url}/providers?max_page_size=1000`)).status).toBe(200);
  });
});
