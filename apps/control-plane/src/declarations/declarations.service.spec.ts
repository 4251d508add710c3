import fc from 'fast-check';
import { away } from '../../test/memory.database.js';
import { DeclarationsFixture, type Document, provider, ttl } from '../../test/checks/declarations-fixture.js';
import { isEmpty } from './plan.js';

let fixture: DeclarationsFixture;

beforeEach(async () => {
  fixture = await DeclarationsFixture.start();
});

const tcp = (id: string, more: object = {}): object => ({
  id,
  type: 'tcp',
  tcp: { host: '10.0.0.7', port: 5432 },
  ...more,
});

/** Documents in which everything can differ from one to the next. */
const documents: fc.Arbitrary<Document> = fc
  .record({
    checks: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        interval: fc.constantFrom('10s', '30s'),
        parent: fc.constantFrom(undefined, 'a', 'b', 'c'),
        labels: fc.constantFrom({}, { team: 'x', tier: '1' }),
        isTtl: fc.boolean(),
      }),
      { selector: ({ id }) => id },
    ),
    providers: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('p', 'q', 'r'),
        endpoint: fc.constantFrom('http://10.0.0.1', 'http://10.0.0.2'),
        cordoned: fc.constantFrom(undefined, true, false),
        zone: fc.constantFrom('z1', 'z2'),
      }),
      { selector: ({ name }) => name },
    ),
  })
  .map(({ checks, providers }) => {
    const ids = new Set<string>(checks.map(({ id }) => id));
    return {
      checks: checks.map(({ id, interval, parent, labels, isTtl }) =>
        (isTtl ? ttl : tcp)(id, {
          interval,
          labels,
          // a parent comes before in the alphabet, so that nobody depends on itself
          ...(parent !== undefined && parent < id && ids.has(parent) && { parent }),
        }),
      ),
      providers: providers.map(({ name, endpoint, cordoned, zone }) =>
        provider(name, { endpoint, metadata: { zone }, ...(cordoned !== undefined && { cordoned }) }),
      ),
    };
  });

describe('DeclarationsService', () => {
  it('creates, changes and removes what a file declares, and says so before', async () => {
    expect(
      await fixture.apply({ checks: [tcp('db'), ttl('job'), ttl('old')], providers: [provider('vm-1')] }),
    ).toEqual({
      create: [
        { kind: 'check', id: 'db', summary: 'tcp 10.0.0.7:5432 every 10s' },
        { kind: 'check', id: 'job', summary: 'ttl, a pass at least every 10s' },
        { kind: 'check', id: 'old', summary: 'ttl, a pass at least every 10s' },
        { kind: 'provider', id: 'vm-1', summary: 'vm at http://10.0.0.9' },
      ],
      change: [],
      remove: [],
      kept: [],
      unchanged: 0,
    });
    expect(await fixture.apply({ checks: [tcp('db', { interval: '30s' }), ttl('job')] })).toEqual({
      create: [],
      change: [{ kind: 'check', id: 'db', fields: [{ pointer: '/interval', from: '10s', to: '30s' }] }],
      remove: [{ kind: 'check', id: 'old' }],
      kept: [],
      unchanged: 1,
    });
    expect([...fixture.checks.all()].map(({ id, source }) => `${id} ${source}`)).toEqual([
      'db file',
      'job file',
    ]);
  });

  it('leaves nothing to do behind, changes nothing when it is applied again, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, async (first, second) => {
        fixture = await DeclarationsFixture.start();
        await fixture.apply(first);
        await fixture.apply(second);
        const { checks = [], providers = [] } = second;
        const commits = fixture.store.attempts;
        const again = await fixture.apply({ checks: checks.toReversed(), providers: providers.toReversed() });
        expect(again).toEqual({
          create: [],
          change: [],
          remove: [],
          kept: [],
          unchanged: checks.length + providers.length,
        });
        expect(isEmpty(again)).toBe(true);
        expect(fixture.store.attempts).toBe(commits);
        expect([...fixture.checks.all()].map(({ id }) => id).toSorted()).toEqual(
          checks.map((check) => (check as { id: string }).id).toSorted(),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('plans the same, in the same order, whatever the order of the entries', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, async (first, second) => {
        fixture = await DeclarationsFixture.start();
        await fixture.apply(first);
        const { checks = [], providers = [] } = second;
        const reversed = { checks: checks.toReversed(), providers: providers.toReversed() };
        expect((await fixture.plan(reversed)).body).toEqual((await fixture.plan(second)).body);
      }),
      { numRuns: 20 },
    );
  });

  it('turns a dependency round', async () => {
    await fixture.apply({ checks: [ttl('a', { parent: 'b' }), ttl('b')] });
    await fixture.apply({ checks: [ttl('a'), ttl('b', { parent: 'a' })] });
    expect(fixture.checks.get('b').definition.parent).toBe('a');
    expect(fixture.checks.get('a').definition.parent).toBeUndefined();
  });

  it('touches no check of others, and refuses their ids', async () => {
    await fixture.apply({ checks: [ttl('ours')] });
    const definition = { ...fixture.checks.get('ours').definition, id: 'theirs' };
    await fixture.done(fixture.checkService.define('theirs', () => definition, 'api'));
    expect(await fixture.faultsOf({ checks: [ttl('theirs')] })).toEqual([
      '/checks/0/id: theirs was defined through the API; remove it first (DELETE /checks/theirs), or choose another id',
    ]);
    await fixture.apply({ checks: [] });
    expect([...fixture.checks.all()].map(({ id }) => id)).toEqual(['theirs']);
  });

  it('refuses targets that the settings deny before anything is applied', async () => {
    const checks = [ttl('a'), { id: 'b', type: 'tcp', tcp: { host: '169.254.169.254', port: 80 } }];
    const [fault = ''] = await fixture.faultsOf({ checks });
    expect(fault).toMatch(/^\/checks\/1\/tcp\/host: .*VITALS_CHECK_ALLOW_CIDRS/);
    expect(fixture.checks.size).toBe(0);
  });

  it('keeps a check paused that an operator paused, unless the file says otherwise', async () => {
    await fixture.apply({ checks: [ttl('a'), ttl('b', { paused: false })] });
    for (const id of ['a', 'b']) await fixture.done(fixture.checkService.pause(id, true));
    const { change } = await fixture.apply({ checks: [ttl('a'), ttl('b', { paused: false })] });
    expect(change).toEqual([
      { kind: 'check', id: 'b', fields: [{ pointer: '/paused', from: true, to: false }] },
    ]);
    expect(fixture.checks.get('a').definition.paused).toBe(true);
  });

  it('tells how much of a body is looked at when that changes, and not when it is only spelt differently', async () => {
    const web = (more: object): Document => ({
      checks: [{ id: 'web', type: 'http', http: { url: 'http://10.0.0.7/', body_contains: 'UP', ...more } }],
    });
    await fixture.apply(web({}));
    expect((await fixture.apply(web({ max_body: '64KiB' }))).unchanged).toBe(1);
    expect((await fixture.apply(web({ max_body: '1MiB' }))).change).toEqual([
      { kind: 'check', id: 'web', fields: [{ pointer: '/http/max_body', from: 65_536, to: 1_048_576 }] },
    ]);
    expect((await fixture.apply(web({ max_body: 1_048_576 }))).unchanged).toBe(1);
  });

  it('does not tell what headers say, and finds that they changed all the same', async () => {
    const web = (token: string): Document => ({
      checks: [
        { id: 'web', type: 'http', http: { url: 'http://10.0.0.7/', headers: { authorization: token } } },
      ],
    });
    await fixture.apply(web('Bearer secret-1'));
    const { change } = await fixture.apply(web('Bearer secret-2'));
    expect(JSON.stringify(change)).not.toContain('secret');
    expect(change[0]?.fields.map(({ pointer }) => pointer)).toEqual(['/http/headers/authorization']);
    expect(await fixture.faultsOf(web('<redacted>'))).toEqual([
      expect.stringContaining('/checks/0/http/headers/authorization: '),
    ]);
  });

  it('goes on where the store failed', async () => {
    const document = { checks: [ttl('a'), ttl('b', { parent: 'a' })], providers: [provider('vm-1')] };
    fixture.store.failures.push(undefined, away());
    await expect(fixture.apply(document)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(fixture.checks.size).toBe(1);
    expect((await fixture.apply(document)).unchanged).toBe(1);
    expect(isEmpty((await fixture.plan(document)).body)).toBe(true);
  });
});
