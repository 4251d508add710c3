import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { shareBytes } from '../http/answer-budget.js';
import { sendProblem } from '../http/problem.filter.js';

/** Nothing is loaded from elsewhere, and nothing is sent elsewhere. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Vitals: HTTP API</title>
    <link rel="icon" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, persistAuthorization: false });
`;

const SCRIPT = 'text/javascript; charset=utf-8';
const OWN_SCRIPT = 'start.js';

/** What the page loads: the media types by name. All but the own script are as the package of Swagger UI ships them. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', SCRIPT],
  ['favicon-32x32.png', 'image/png'],
  [OWN_SCRIPT, SCRIPT],
]);

/**
 * Serves the description of the API as `/openapi.json`, and as a page at `/docs`; both need no token, for they
 * hold no data. Each is formed when it is asked for the first time, so that a start does not pay for it, and all answers are
 * sent from the same bytes.
 */
export function serveApiDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const page = shareBytes(Buffer.from(PAGE));
  const files = new Map<string, Buffer>();
  let description: Promise<Buffer> | undefined;
  fastify.get('/openapi.json', async (_request, reply) => {
    const bytes = await (description ??= describe());
    return reply.type('application/json; charset=utf-8').send(bytes);
  });
  fastify.get('/docs', (_request, reply) => send(reply, 'text/html; charset=utf-8', page));
  fastify.get<{ Params: { file: string } }>('/docs/:file', (request, reply) => {
    const { file } = request.params;
    const type = FILES.get(file);
    if (type === undefined)
      return sendProblem(new NotFoundException('the page at /docs loads no such file'), request, reply);
    const bytes = files.get(file) ?? shareBytes(readPageFile(file));
    files.set(file, bytes);
    send(reply, type, bytes);
  });
}

async function describe(): Promise<Buffer> {
  const { apiDocument } = await import('./api-document.js');
  return shareBytes(Buffer.from(JSON.stringify(apiDocument())));
}

function readPageFile(name: string): Buffer {
  if (name === OWN_SCRIPT) return Buffer.from(START);
  return readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));
}

function send(reply: FastifyReply, type: string, bytes: Buffer): void {
  void reply.headers(PAGE_HEADERS).type(type).send(bytes);
}
