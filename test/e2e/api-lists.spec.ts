import { TestControlPlane } from '../support/control-plane.js';

const COUNT = 25;
const NAMES = Array.from({ length: COUNT }, (_, at) => `n${String(at).padStart(2, '0')}`);

interface Listed {
  readonly names: readonly string[];
  readonly next: string | undefined;
  readonly sequence: number;
}

describe('Lists', () => {
  let plane: TestControlPlane;
  beforeEach(async () => {
    plane = await TestControlPlane.start();
    await Promise.all(NAMES.toReversed().map((name) => plane.register(name)));
  });
  afterEach(() => plane.stop());

  const list = async (path: string): Promise<Listed> => {
    const { status, body } = await plane.send('GET', path);
    expect(status).toBe(200);
    const providers = body['providers'] as readonly { readonly name: string }[];
    return {
      names: providers.map(({ name }) => name),
      next: body['next_page_token'] as string | undefined,
      sequence: Number(body['sequence']),
    };
  };
  const pages = async (path: string, size: number, between: () => Promise<unknown>): Promise<string[]> => {
    const all: string[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const page = await list(`${path}max_page_size=${size}${next && `&page_token=${next}`}`);
      expect(page.names.length).toBeLessThanOrEqual(size);
      all.push(...page.names);
      ({ next } = page);
      await between();
    }
    return all;
  };
  const nothing = (): Promise<void> => Promise.resolve();

  it.each([1, 7, 25, 1_000])('give every provider once, in pages of %d', async (size) => {
    expect(await pages('/providers?', size, nothing)).toEqual(NAMES);
    expect(await pages('/provider-status?', size, nothing)).toEqual(NAMES);
  });

  it('end where they end: a last page that is full has no next', async () => {
    expect((await list('/providers?max_page_size=25')).next).toBeUndefined();
    expect((await list('/providers?max_page_size=24')).next).toBeDefined();
  });

  it('give whoever stays once, while others come and go between the pages', async () => {
    let turn = 0;
    const comeAndGo = async (): Promise<void> => {
      turn++;
      await plane.register(`m${turn}`);
      await plane.register(`n${String(turn).padStart(2, '0')}x`);
      await plane.send('DELETE', `/providers/${NAMES[turn * 3] as string}`);
    };
    const all = await pages('/providers?', 5, comeAndGo);
    expect(all).toEqual([...new Set(all)].toSorted());
    const removed = Array.from({ length: turn }, (_, at) => NAMES[(at + 1) * 3]);
    expect(all).toEqual(expect.arrayContaining(NAMES.filter((name) => !removed.includes(name))));
  });

  it('go on behind a provider that was removed meanwhile', async () => {
    const { next } = await list('/providers?max_page_size=10');
    await plane.send('DELETE', '/providers/n09');
    expect((await list(`/providers?max_page_size=1&page_token=${next}`)).names).toEqual(['n10']);
  });

  it('are told first what a parameter has to be, and its bounds behind that', async () => {
    for (const path of ['/transitions?since=abc', '/providers?max_page_size=abc'])
      expect((await plane.send('GET', path)).body['detail']).toMatch(/must be an integer$/);
  });

  it('keep their filters from page to page', async () => {
    for (const name of ['n03', 'n11', 'n20']) await plane.beat(name);
    expect(await pages('/providers?phase=Ready&', 1, nothing)).toEqual(['n03', 'n11', 'n20']);
    expect(await pages('/providers?availability=Unknown&', 9, nothing)).toHaveLength(COUNT - 3);
  });

  it.each([
    'page_token=nonsense!',
    'page_token=',
    'max_page_size=1001',
    'max_page_size=x',
    'max_page_size=1.5',
  ])('refuse %s, and name the parameter', async (query) => {
    const { status, body } = await plane.send('GET', `/providers?${query}`);
    const pointer = `/${query.split('=', 1)[0]}`;
    expect([status, (body['errors'] as object[])[0]]).toMatchObject([422, { pointer }]);
  });

  it('tell only what changed since a sequence number, and miss nothing', async () => {
    const first = await list('/provider-status?max_page_size=1000');
    for (const name of ['n01', 'n02']) await plane.beat(name);
    const second = await list(`/provider-status?changed_since=${first.sequence}`);
    expect(second.names).toEqual(expect.arrayContaining(['n01', 'n02']));
    expect(second.sequence).toBeGreaterThan(first.sequence);
    await plane.send('PUT', '/providers/n05/cordon');
    await plane.beat('n02', 'Draining');
    await plane.beat('n07');
    const third = await list(`/provider-status?changed_since=${second.sequence}`);
    expect(third.names).toEqual(['n02', 'n05', 'n07']);
    expect((await list(`/provider-status?changed_since=${third.sequence + 1}`)).names).toEqual([]);
  });

  it('do not tell beats that changed nothing as a change', async () => {
    await plane.beat('n01');
    await plane.beat('n02');
    const { sequence } = await list('/provider-status');
    await plane.beat('n01');
    await plane.beat('n03');
    expect((await list(`/provider-status?changed_since=${sequence}`)).names).not.toContain('n01');
  });
});
