import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { ROUTES, type RouteTable } from '../../apps/control-plane/src/http/routes.js';
import { HealthRoutes } from '../../libs/health/src/http/health.routes.js';
import { TestControlPlane } from '../support/control-plane.js';
import { type Document, operationsOf } from '../support/openapi/document.js';
import { documentFaults } from '../support/openapi/document.faults.js';
import { generatorFaults } from '../support/openapi/generator.faults.js';

const FILE = 'docs/openapi.json';

/** Served, and no part of the API: a page for people, and the description itself. */
const NO_API = ['/docs', '/docs/:file', '/openapi.json'];

describe('The description of the API', () => {
  let plane: TestControlPlane;
  let text: string;
  let document: Document;
  beforeAll(async () => {
    plane = await TestControlPlane.start({ VITALS_ADMIN_TOKEN: 'the-administrator' });
    const answer = await fetch(`${plane.url}/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    text = await answer.text();
    document = JSON.parse(text) as Document;
  });
  afterAll(() => plane.stop());

  it('is a page too, which needs no token and loads everything from the control plane', async () => {
    const page = await fetch(`${plane.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const html = await page.text();
    const loaded = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(loaded).toHaveLength(4);
    for (const path of loaded) {
      const file = await fetch(new URL(path, `${plane.url}/docs`));
      expect([path, file.status, (await file.text()).length > 50]).toEqual([path, 200, true]);
      expect(path).not.toMatch(/^\w+:|^\/\//);
    }
  });

  it('has no other files', async () => {
    for (const path of ['/docs/package.json', '/docs/..%2fpackage.json', '/docs/']) {
      const answer = await plane.send('GET', path);
      expect([path, answer.status, answer.type]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
    expect((await plane.send('POST', '/docs')).status).toBe(405);
  });

  it('is the file that is checked in; UPDATE_DOCS=1 writes it anew', async () => {
    const formatted = await format(text, { ...(await resolveConfig(FILE)), filepath: FILE });
    if (process.env.UPDATE_DOCS === '1') writeFileSync(FILE, formatted);
    expect(readFileSync(FILE, 'utf8')).toBe(formatted);
  });

  it('is well-formed OpenAPI 3.1, whose references lead somewhere and whose schemas are schemas', () => {
    expect(documentFaults(document)).toEqual([]);
  });

  it('has one type for each schema, formats for numbers, and names for objects and enumerations', () => {
    expect(generatorFaults(document)).toEqual([]);
  });

  it('describes every route of the app, and no other', () => {
    const routes = plane.app.getHttpAdapter().getInstance().getDecorator<RouteTable>(ROUTES).all();
    // health is answered before Fastify is asked
    const health = plane.app.get(HealthRoutes, { strict: false }).all();
    const served = [
      ...health.map(({ path }) => ({ pattern: path, methods: ['GET'] })),
      ...routes.filter(({ pattern }) => !NO_API.includes(pattern)),
    ].flatMap(({ pattern, methods }) =>
      methods
        // Fastify answers HEAD wherever it answers GET
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${pattern.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    const described = operationsOf(document).map(([method, path]) => `${method.toUpperCase()} ${path}`);
    expect(described.toSorted()).toEqual(served.toSorted());
  });
});
