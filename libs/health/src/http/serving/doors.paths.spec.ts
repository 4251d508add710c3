import { checkClass } from '../../../test/health-app.js';
import { type Ask, DOORS } from '../../../test/health-doors.js';
import { HealthComponent } from '../../index.js';

const Store = checkClass({ name: 'a/b "c"', kinds: ['liveness', 'readiness'], groups: ['g'] }, () => true);
HealthComponent({ type: 'state.redis', name: 'store' })(Store);

const NAME = encodeURIComponent('a/b "c"');

/** Paths of health, each as one writes it, and other ways to write it. */
const PATHS: readonly (readonly [path: string, others: readonly string[]])[] = [
  ['/health', ['/health/', '//health', '/%68ealth', '/he%61lth//', 'http://example.org/health']],
  ['/health/live', ['/health/live/', '/health//live', '/health/%6C%69ve', '/%68ealth/live/']],
  ['/health?format=spring', ['/health/?format=spring', '//health?format=spring']],
  ['/health/ready?format=text', ['/health/ready/?format=text']],
  ['/health/group/g', ['/health/group/g/', '/health/group/%67', '/health//group///g']],
  [
    `/health/check/${NAME}`,
    [`/health/check/${NAME}/`, `/health/check/${NAME.toLowerCase()}`, `//health/check/${NAME}`],
  ],
  ['/health/check/unknown', ['/health/check/unknow%6E', '/health/check//unknown/']],
  ['/livez', ['/livez/', '//livez']],
  [`/livez/${NAME}`, [`//livez/${NAME}`, `/livez//${NAME}/`]],
  ['/readyz?verbose', ['/readyz/?verbose', '/ready%7A?verbose']],
  ['/healthz', ['/healthz/', '//healthz']],
  [
    '/v1.0/healthz/outbound',
    ['//v1.0/healthz/outbound', '/v1%2E0/healthz/outbound', '/v1.0//healthz/outbound/'],
  ],
  ['/v1.0/healthz?components=true', ['//v1.0/healthz?components=true', '/v1.0/healthz/?components=true']],
  ['/health/components/state.redis/store', ['/health/components/state%2Eredis/store/']],
  ['/health/components/state.redis/no', ['/health//components/state.redis/no']],
];

const ELSEWHERE = [
  '/Health',
  '/health/Live',
  '/HEALTHZ',
  '/health%2Flive',
  '/health/check',
  '/health/check/',
  '/health/live/x',
];

/** What may differ between two answers to the same question. */
function comparable({ status, headers, body }: Awaited<ReturnType<Ask>>) {
  const { 'content-type': type, 'cache-control': cache } = headers;
  const timeless = body.replace(/"(durationMs|checkedAt|ageMs|responseTime)":("[^"]*"|[\d.]+),?/g, '');
  return { status, type, cache, body: timeless };
}

describe.each(DOORS)('a path of health at $door', ({ open }) => {
  it.each(['', '/ops'])(
    'is answered in the same way however it is written, below the prefix %j',
    async (prefix) => {
      await open({ providers: [Store], health: prefix ? { prefix } : {} }, async (ask) => {
        const below = (path: string) => path.replace(/^(http:\/\/[^/]*)?/, (origin) => origin + prefix);
        for (const [path, others] of PATHS) {
          const plain = comparable(await ask(below(path)));
          expect([path, plain.cache]).toEqual([path, 'no-store']);
          for (const other of others)
            expect([other, comparable(await ask(below(other)))]).toEqual([other, plain]);
        }
      });
    },
  );

  it('is another one in another case, and with a slash that is encoded', async () => {
    await open({ providers: [Store] }, async (ask) => {
      for (const path of ELSEWHERE) expect([path, (await ask(path)).status]).toEqual([path, 404]);
    });
  });

  it.each([
    'text/html',
    'image/png',
    'application/xml;q=1',
    '*/*;q=0',
    'application/json;q=0',
    'application/json;profile="xml"',
  ])('is answered in the default format if only others are accepted: %s', async (accept) => {
    await open({ providers: [Store] }, async (ask) => {
      for (const path of ['/health', '/health/live', '/health/group/g', `/health/check/${NAME}`]) {
        const { status, headers } = await ask(path, { headers: { accept } });
        expect([path, status < 600 && status !== 406, headers['content-type']]).toEqual([
          path,
          true,
          'application/json; charset=utf-8',
        ]);
      }
      expect((await ask('/livez', { headers: { accept } })).headers['content-type']).toContain('text/plain');
      expect((await ask('/health?format=xml', { headers: { accept } })).status).toBe(406);
    });
  });
});
