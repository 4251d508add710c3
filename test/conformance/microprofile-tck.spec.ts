import fc from 'fast-check';
import {
  type Boot,
  bootOn,
  breachesOfSchema,
  describeMicroProfileConformance,
  MICROPROFILE_ASSERTIONS,
} from '@vitals/health/conformance';
import { ADAPTERS } from '../../libs/health/test/health-app.js';
import { HealthReply, matchesSchema } from './microprofile-client.js';

/** An app whose every answer is also read by a client class and by a JSON-schema validator that are not ours. */
function readByOthers(boot: Boot, read: (reply: HealthReply) => void): Boot {
  return async (metadata, options) => {
    const app = (await boot(metadata, options)) as { url: string; close: () => Promise<void> };
    const fetched = async (path: string) => {
      const response = await fetch(app.url + path);
      const body = await response.text();
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect([matchesSchema(JSON.parse(body)), matchesSchema.errors]).toEqual([true, null]);
      read(HealthReply.parse(body));
      return { status: response.status, text: async () => body };
    };
    return { fetch: fetched, close: () => app.close() };
  };
}

// all at once: one of them waits for three seconds
describe.concurrent.each(ADAPTERS)('On %s', (_name, adapter) => {
  const replies: HealthReply[] = [];
  const boot = readByOthers(bootOn(adapter), (reply) => void replies.push(reply));

  describeMicroProfileConformance({ describe, it: it.concurrent, boot });

  it.sequential('every answer was one for a client class and a schema validator that are not ours', () => {
    expect(replies).toHaveLength(MICROPROFILE_ASSERTIONS.length);
    expect(new Set(replies.flatMap(({ checks }) => checks.map(({ name }) => name)))).toEqual(
      new Set([
        'cdi-produced-successful-check',
        'cdi-produced-failed-check',
        'delayed-check',
        'delegate-check',
        'attributes-check',
        'successful-check',
        'failed-check',
      ]),
    );
  });
});

/** Answers that conform, and answers that nearly do. */
const answers = (() => {
  const plain = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const odd = fc.constantFrom<unknown>(null, [], {}, 'up', 1);
  const often = <T>(good: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary: good as fc.Arbitrary<unknown>, weight: 9 }, { arbitrary: odd, weight: 1 });
  const status = often(fc.constantFrom('UP', 'DOWN'));
  const data = often(fc.dictionary(fc.string(), often(plain)));
  const check = fc.record({ name: often(fc.string()), status, data, kinds: odd }, { requiredKeys: ['name'] });
  const root = { status, checks: often(fc.array(often(check), { maxLength: 4 })), further: odd };
  return often(fc.record(root, { requiredKeys: ['status', 'checks'] }));
})();

describe('The structural check of the schema', () => {
  it('agrees with a JSON-schema validator on every answer', () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(answers, (answer) => {
        const conforms = matchesSchema(answer);
        verdicts.add(conforms);
        expect([breachesOfSchema(answer), conforms]).toEqual([
          conforms ? [] : expect.arrayContaining([expect.any(String)]),
          conforms,
        ]);
      }),
      { numRuns: 2_000 },
    );
    expect(verdicts.size).toBe(2);
  });
});
