import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { shareBytes } from '../http/answer-budget.js';
import { sendProblem } from '../http/problem.filter.js';
import { DOCS_PAGE, PAGE_HEADERS, type PageFile, pageFiles } from './docs.page.js';

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
  const { apiDocument } = await import('./document.js');
  return shareBytes(Buffer.from(JSON.stringify(apiDocument())));
}

function send(reply: FastifyReply, file: PageFile): void {
  void reply.headers(PAGE_HEADERS).type(file.type).send(file.bytes());
}
