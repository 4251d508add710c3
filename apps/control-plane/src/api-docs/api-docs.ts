import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { shareBytes } from '../http/answer-budget.js';
import { sendProblem } from '../http/problem.filter.js';

/** A file of the page. */
class PageFile {
  private read: Buffer | undefined;

  /** @param load called once, when somebody asks for it */
  constructor(
    readonly type: string,
    private readonly load: () => Buffer,
  ) {}

  /** What it says; the same bytes for all who ask. */
  bytes(): Buffer {
    return (this.read ??= shareBytes(this.load()));
  }
}

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

/** The page itself. */
const DOCS_PAGE = new PageFile('text/html; charset=utf-8', () => Buffer.from(PAGE));

/** What the page loads, by name; Swagger UI as its package ships it. */
function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const shipped = (name: string, type: string): [string, PageFile] => [
    name,
    new PageFile(type, () => readFileSync(join(folder, name))),
  ];
  const script = 'text/javascript; charset=utf-8';
  return new Map([
    shipped('swagger-ui.css', 'text/css; charset=utf-8'),
    shipped('swagger-ui-bundle.js', script),
    shipped('favicon-32x32.png', 'image/png'),
    ['start.js', new PageFile(script, () => Buffer.from(START))],
  ]);
}

/**
 * Serves the description of the API as `/openapi.json`, and as a page at `/docs`; both need no token, for they
 * hold no data. Each is formed when it is asked for the first time, so that a start does not pay for it, and all answers are
 * sent from the same bytes.
 */
export function serveApiDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  let description: Promise<Buffer> | undefined;
  let files: ReadonlyMap<string, PageFile> | undefined;
  fastify.get('/openapi.json', async (_request, reply) => {
    const bytes = await (description ??= describe());
    return reply.type('application/json; charset=utf-8').send(bytes);
  });
  fastify.get('/docs', (_request, reply) => send(reply, DOCS_PAGE));
  fastify.get<{ Params: { file: string } }>('/docs/:file', (request, reply) => {
    const file = (files ??= pageFiles()).get(request.params.file);
    if (file) send(reply, file);
    else sendProblem(new NotFoundException('the page at /docs loads no such file'), request, reply);
  });
}

async function describe(): Promise<Buffer> {
  const { apiDocument } = await import('./api-document.js');
  return shareBytes(Buffer.from(JSON.stringify(apiDocument())));
}

function send(reply: FastifyReply, file: PageFile): void {
  void reply.headers(PAGE_HEADERS).type(file.type).send(file.bytes());
}
