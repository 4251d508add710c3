import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { shareBytes } from '../http/answer-budget.js';

/** A file of the page. */
export class PageFile {
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
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
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
export const DOCS_PAGE = new PageFile('text/html; charset=utf-8', () => Buffer.from(PAGE));

/** What the page loads, by name; Swagger UI as its package ships it. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
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
