import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of the page: where it lies, or what it says. */
export type PageFile = { readonly type: string } & ({ readonly path: string } | { readonly text: string });

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
export const DOCS_PAGE: PageFile = { type: 'text/html; charset=utf-8', text: PAGE };

/** What the page loads, by name; Swagger UI as its package ships it. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const shipped = (name: string, type: string): [string, PageFile] => [
    name,
    { type, path: join(folder, name) },
  ];
  const script = 'text/javascript; charset=utf-8';
  return new Map([
    shipped('swagger-ui.css', 'text/css; charset=utf-8'),
    shipped('swagger-ui-bundle.js', script),
    shipped('favicon-32x32.png', 'image/png'),
    ['start.js', { type: script, text: START }],
  ]);
}
