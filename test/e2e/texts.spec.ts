import { apiDocument } from '../../apps/control-plane/src/api-docs/api-document.js';
import { WatchingClient } from '../../apps/control-plane/test/watching-client.js';
import { TestControlPlane } from '../support/control-plane.js';
import { type Document, operationsOf } from '../support/openapi/document.js';

const document = apiDocument() as unknown as Document;

/** The characters that no text may have, as JSON writes them, and as they are told. */
const CHARACTERS = [
  ['\\u0000', 'U+0000'],
  ['\\ud800', 'U+D800'],
  ['\\udfff', 'U+DFFF'],
] as const;

interface SchemaObject {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  readonly additionalProperties?: SchemaObject | boolean;
  readonly items?: SchemaObject;
  readonly anyOf?: readonly SchemaObject[];
  readonly oneOf?: readonly SchemaObject[];
  readonly allOf?: readonly SchemaObject[];
}

/** JSON texts that have `text` in one place, for each place where a schema has a text, with its JSON Pointer. */
function placesOf(
  schema: SchemaObject,
  text: string,
  depth = 0,
): (readonly [pointer: string, json: string])[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return placesOf(document.components.schemas[name] as SchemaObject, text, depth);
  }
  if (depth > 8) return [];
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [], allOf = [] } = schema;
  const members: [string, SchemaObject][] = Object.entries(properties);
  if (typeof additionalProperties === 'object') members.push(['any', additionalProperties]);
  // any members may be there, of which the description says nothing
  if (schema.type === 'object' && members.length === 0) members.push(['any', {}]);
  return [
    // a schema that says nothing takes texts too
    ...(schema.type === 'string' || Object.keys(schema).length === 0 ? [['', `"a${text}"`] as const] : []),
    ...members.flatMap(([name, member]) =>
      placesOf(member, text, depth + 1).map(
        ([pointer, json]) => [`/${name}${pointer}`, `{${JSON.stringify(name)}:${json}}`] as const,
      ),
    ),
    ...(items || schema.type === 'array' ? placesOf(items ?? {}, text, depth + 1) : []).map(
      ([pointer, json]) => [`/0${pointer}`, `[${json}]`] as const,
    ),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((one) => placesOf(one, text, depth + 1)),
  ];
}

const BODIES = operationsOf(document).flatMap(([method, path, { requestBody }]) => {
  const schema = requestBody?.content['application/json']?.schema as SchemaObject | undefined;
  return schema ? [[`${method.toUpperCase()} ${path}`, schema] as const] : [];
});

const PARAMETERS = operationsOf(document).flatMap(([method, path, { parameters = [] }]) =>
  // what health is asked for is compared, and never kept
  /^\/(v1\.0|health|healthz|livez|readyz|components|ws)(\/|$)/.test(path)
    ? []
    : parameters.map(({ name, in: place }) => [`${method.toUpperCase()} ${path}`, place, name] as const),
);

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
  await plane.register('p1');
});
afterAll(() => plane.stop());

const isLight = (path: string): boolean => /^\/services(\/|$)/.test(path);

describe('A text that no database takes', () => {
  it.each(BODIES)('is refused in every member of %s, which is named', async (call, schema) => {
    const [method = '', path = ''] = call.replaceAll(/\{\w+\}/g, 'p1').split(' ');
    for (const [written, told] of CHARACTERS) {
      const places = new Map(placesOf(schema, written));
      expect(places.size).toBeGreaterThan(0);
      for (const [pointer, json] of places) {
        const { status, body } = await plane.send(method, path, json);
        const said = `${String(body['detail'])} ${String(body['description'])} ${JSON.stringify(body['results'])}`;
        const isInBatch = path === '/heartbeats' && pointer.startsWith('/items/0');
        expect([pointer, status]).toEqual([pointer, isInBatch ? 200 : isLight(path) ? 400 : 422]);
        expect(said).toContain(`must not contain ${told}`);
        const named = isInBatch ? pointer.replace('/items/0', '') : pointer;
        expect(said).toContain(isLight(path) ? named.slice(1).replaceAll('/', '.') : named);
      }
    }
  });

  it.each(PARAMETERS)('is refused by %s in the %s parameter %s', async (call, place, name) => {
    const [method = '', template = ''] = call.split(' ');
    for (const character of ['%00', '%ED%A0%80']) {
      const path = template
        .replaceAll(/\{(\w+)\}/g, (_whole, each: string) => (each === name ? `a${character}` : 'p1'))
        .concat(place === 'query' ? `?${name}=a${character}` : '');
      const sent = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status, body } = await plane.send(method, path, sent);
      // a heartbeat is refused for the name that this is
      const isName = character === '%00' || call === 'PUT /providers/{name}/status';
      expect([path, status]).toEqual([path, isName && !isLight(template) ? 422 : 400]);
      if (sent === undefined)
        expect(String(body['detail'] ?? body['description'])).toMatch(/U\+0000|valid|a-z|true or false/);
    }
  });

  it('is not a subscription', async () => {
    const client = await WatchingClient.connect(plane.url);
    for (const text of [
      'https://h/a\0',
      'https://h/a%00',
      'https://h/a?environment=%00',
      'https://h/a?environment=%ED%A0%80',
    ]) {
      client.socket.send(text);
      expect(await client.next()).toMatchObject({ statusCode: 400, severity: 'ERROR' });
    }
    await client.close();
  });
});
