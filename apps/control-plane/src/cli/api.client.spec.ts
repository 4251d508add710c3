import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlanBody } from '../declarations/plan.js';
import { type PlanAnswer, requestPlan } from './plan.command.js';

const NOTHING: PlanBody = { create: [], change: [], remove: [], kept: [], unchanged: 3 };

let answer: { status: number; body: unknown; type?: string; location?: string };
let server: Server;
let controlPlane: string;

beforeAll(async () => {
  server = createServer((asked, response) => {
    const { status, location, body } = answer;
    const type = answer.type ?? (status === 200 ? 'application/json' : 'application/problem+json');
    asked.resume();
    response.on('error', () => undefined);
    response.writeHead(status, { 'content-type': type, ...(location && { location }), connection: 'close' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resume) => server.listen(0, '127.0.0.1', resume));
  controlPlane = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resume) => server.close(resume));
});

function request(): Promise<PlanAnswer> {
  return requestPlan({ checks: [] }, { controlPlane, token: 'one' });
}

describe('What a control plane says of a document', () => {
  it('is a plan, with members of tomorrow, too', async () => {
    const plan = { ...NOTHING, remove: [{ kind: 'gateway', id: 'g' }], more: 1 };
    answer = { status: 200, body: plan, type: 'Application/JSON; charset=utf-8' };
    expect(await request()).toEqual({ plan });
  });

  it('is what is wrong with it', async () => {
    const faults = [{ pointer: '/a', detail: 'b' }];
    answer = {
      status: 422,
      body: {
        type: 'urn:vitals:problem:request-invalid',
        code: 'request-invalid',
        detail: 'wrong',
        errors: faults,
      },
    };
    expect(await request()).toEqual({ faults });
  });

  const errors = [{ pointer: '', detail: 'forged' }];
  const item = { kind: 'check', id: 'a' };
  it.each<[string, typeof answer]>([
    ['a page', { status: 200, body: '<html>', type: 'text/html' }],
    ['a page of 404', { status: 404, body: '<html>', type: 'text/html' }],
    ['a plan that is called a text', { status: 200, body: NOTHING, type: 'text/plain' }],
    ['a plan with another status', { status: 201, body: NOTHING, type: 'application/json' }],
    ['nothing', { status: 204, body: '' }],
    ['JSON of another service', { status: 200, body: { hello: 1 } }],
    ['null', { status: 200, body: 'null' }],
    ['half a plan', { status: 200, body: JSON.stringify(NOTHING).slice(0, 20) }],
    ['a plan without a count', { status: 200, body: { ...NOTHING, unchanged: 'all' } }],
    ['a plan of nothing', { status: 200, body: { ...NOTHING, remove: [null] } }],
    ['a plan of something else', { status: 200, body: { ...NOTHING, create: [item] } }],
    ['a change of nothing', { status: 200, body: { ...NOTHING, change: [{ ...item, fields: [{}] }] } }],
    ['faults that are no problem', { status: 422, body: { errors }, type: 'application/json' }],
    ['a problem of another product', { status: 422, body: { title: 'no', errors } }],
    [
      'a problem with our words',
      { status: 422, body: { type: 'about:blank', code: 'request-invalid', detail: '', errors } },
    ],
  ])('is no answer of a control plane: %s', async (_what, said) => {
    answer = said;
    await expect(request()).rejects.toThrow(/that is not a control plane, or an older one/);
  });

  it('follows no redirect: neither the document nor the token goes elsewhere', async () => {
    let elsewhere = 0;
    const other = createServer((_request, response) => {
      elsewhere++;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(NOTHING));
    });
    await new Promise<void>((resume) => other.listen(0, '127.0.0.1', resume));
    for (const status of [301, 302, 303, 307, 308]) {
      answer = { status, body: '', location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` };
      await expect(request()).rejects.toThrow(/it is a redirect; redirects are not followed/);
    }
    await new Promise((resume) => other.close(resume));
    expect(elsewhere).toBe(0);
  });

  it('gives up an answer without end', async () => {
    answer = { status: 200, body: 'x'.repeat(65 * 1024 * 1024) };
    await expect(request()).rejects.toThrow(/answer is longer than 67108864 bytes/);
  });
});
