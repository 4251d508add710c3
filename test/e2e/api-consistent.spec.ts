import { createApp } from '../../apps/control-plane/src/app.module.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';
import type { Settings } from '../../apps/control-plane/src/settings/settings.js';
import { registration, sendTo, TestControlPlane } from '../support/control-plane.js';
import { emptyDatabase, POSTGRES_SERVER } from '../support/empty-database.js';
import { type Document, operationsOf } from '../support/openapi/document.js';

const LAG = 'x-vitals-lag-ms';

/** Queries without which a call is refused. */
const NEEDED: Readonly<Record<string, string>> = {
  '/services/lookup': 'serviceId=orders',
  '/services/check': 'serviceId=orders',
};

interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

/** A control plane that may share its database with others. */
async function startShared(): Promise<Served> {
  const settings = readSettings({
    DATABASE_URL: await emptyDatabase(),
    PORT: '0',
    LOG_LEVEL: 'error',
    VITALS_DRAIN: '0',
  });
  const database = { ...settings.database, isShared: true };
  const app = await createApp(Object.assign(settings, { database }) as Settings);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), stop: () => app.close() };
}

const ways: readonly (readonly [string, boolean, () => Promise<Served>])[] = [
  ['one control plane', false, () => TestControlPlane.start()],
  ...(process.env[POSTGRES_SERVER] === undefined
    ? []
    : [['one of several control planes', true, startShared] as const]),
];

describe.each(ways)('The reads of %s', (_name, isShared, start) => {
  let plane: Served;
  /** The paths of all reads, of what is there and of what is not. */
  let paths: readonly string[];

  beforeAll(async () => {
    plane = await start();
    const document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
    const reads = operationsOf(document).filter(
      ([method, path, { tags }]) => method === 'get' && !tags.includes('Health') && path !== '/ws',
    );
    expect(reads.length).toBeGreaterThan(15);
    for (const [, path, { parameters = [] }] of reads)
      expect([path, parameters.map(({ name }) => name)]).toEqual([
        path,
        expect.arrayContaining(['consistent']),
      ]);
    await sendTo(plane.url, 'POST', '/providers', registration('there'));
    await sendTo(plane.url, 'PUT', '/checks/there', { type: 'ttl', interval: '1h' });
    paths = reads.flatMap(([, path]) =>
      ['there', 'nowhere'].map((name) => {
        const query = NEEDED[path];
        return path.replaceAll(/\{\w+\}/g, name) + (query === undefined ? '?' : `?${query}&`);
      }),
    );
  });
  afterAll(() => plane.stop());

  /** The status, and whether the age is told as it has to be. */
  const ask = async (path: string, method = 'GET'): Promise<number> => {
    const answer = await fetch(plane.url + path, { method });
    const { status, headers } = answer;
    await answer.arrayBuffer();
    const told = headers.get(LAG);
    expect([path, told]).toEqual([path, isShared ? expect.stringMatching(/^\d+$/) : null]);
    return status;
  };

  it('answer ?consistent as they do without it, and all tell their age if there are others', async () => {
    const seen = new Map<number, string[]>();
    for (const path of paths) {
      const plain = await ask(path.slice(0, -1));
      seen.set(plain, [...(seen.get(plain) ?? []), path]);
      for (const value of ['true', 'false'])
        expect([path, value, await ask(`${path}consistent=${value}`)]).toEqual([path, value, plain]);
    }
    expect(seen.get(200)?.length).toBeGreaterThan(15);
    expect(seen.get(404)?.length).toBeGreaterThan(5);
    // whatever its name, no check of a service is called so
    expect(seen.get(400)?.every((path) => path.startsWith('/services/check'))).not.toBe(false);
    expect([...seen.keys()].filter((status) => ![200, 400, 404].includes(status))).toEqual([]);
    expect(await ask('/providers?consistent=true', 'HEAD')).toBe(200);
    expect(await ask('/nothing-is-here?consistent=true')).toBe(404);
  });

  it('refuse any other value, and name the parameter', async () => {
    for (const value of ['1', 'TRUE', '', 'yes']) {
      const { status, body } = await sendTo(plane.url, 'GET', `/providers?consistent=${value}`);
      expect([status, body]).toMatchObject([
        422,
        { code: 'request-invalid', errors: [{ pointer: '/consistent', detail: 'must be true or false' }] },
      ]);
    }
    const { body } = await sendTo(plane.url, 'GET', '/providers?consistant=true');
    expect(body).toMatchObject({ code: 'query-invalid', detail: expect.stringContaining('`consistent`') });
  });

  it('are what it is for: a command does not take it', async () => {
    const { status, body } = await sendTo(plane.url, 'PUT', '/providers/there/cordon?consistent=true');
    expect([status, body['code']]).toEqual([400, 'query-invalid']);
  });

  it('tell nothing of it where nothing is read', async () => {
    const { headers } = await sendTo(plane.url, 'POST', '/providers', registration('another'));
    expect(headers.get(LAG)).toBeNull();
    const health = await fetch(`${plane.url}/health/live?consistent=maybe`);
    expect([health.status, health.headers.get(LAG)]).toEqual([200, null]);
  });
});
