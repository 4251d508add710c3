import { TestControlPlane } from '../support/control-plane.js';
import { type Document, operationsOf } from '../support/openapi/document.js';

describe('What is not of the shape that is described', () => {
  let plane: TestControlPlane;
  let document: Document;
  beforeAll(async () => {
    plane = await TestControlPlane.start();
    document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
  });
  afterAll(() => plane.stop());

  it.each(['null', '[]', '[{}]', '5', '"text"', 'true'])(
    'is refused as a body by every call that takes one: %s',
    async (body) => {
      const answers: unknown[] = [];
      for (const [method, path, { requestBody }] of operationsOf(document)) {
        if (!requestBody) continue;
        const call = `${method.toUpperCase()} ${path}`;
        const answer = await plane.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'p1'), body);
        if (![400, 422].includes(answer.status)) answers.push([call, answer.status]);
      }
      expect(answers).toEqual([]);
    },
  );

  it('is refused as a number that would be rounded', async () => {
    const rounded = '9223372036854775808';
    const answers = [
      await plane.send('GET', `/provider-status?changed_since=${rounded}`),
      await plane.send('GET', `/transitions?since=${rounded}`),
      await plane.send(
        'PUT',
        '/providers/p1/status',
        `{"timestamp":"2026-01-31T10:00:00Z","phase":"Ready","generation":${rounded}}`,
      ),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
  });
});
