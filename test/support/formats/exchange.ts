/** A request of the page; a path alone is a GET. */
export interface PageRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves lines of the body out, and says so in their place. */
  readonly shorten?: (body: string) => string;
}

/** Where the app of the page would listen outside of a test. */
const SHOWN_ORIGIN = 'http://127.0.0.1:3000';

/** The headers of an answer that are shown: those that health sets. */
const SHOWN_HEADERS = ['content-type', 'cache-control', 'allow'];

/** Written on one line, as the page would be long otherwise. */
const LIST_OF_ONE_TEXT = /\[\s+("[^"]*")\s+\]/g;

const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Asks an app, and writes what was asked and what was answered as a fenced block of Markdown. */
export async function exchange(port: number, request: string | PageRequest): Promise<string> {
  const { path, method = 'GET', headers = {}, shorten } = readRequest(request);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  const body = indent(await response.text(), response.headers.get('content-type') ?? '');
  const status = `HTTP/1.1 ${response.status} ${REASON_PHRASES[response.status] ?? response.statusText}`;
  const shown = SHOWN_HEADERS.filter((name) => response.headers.has(name));
  const lines = [
    `$ curl ${curlArguments(method, headers)}'${SHOWN_ORIGIN}${path}'`,
    status,
    ...shown.map((name) => `${name}: ${response.headers.get(name) ?? ''}`),
    ...(body === '' ? [] : ['', shorten ? shorten(body) : body]),
  ];
  return block(lines.join('\n'));
}

/** A fenced block in which Prettier changes nothing. */
export function block(text: string): string {
  return `\`\`\`console\n${text.replace(/\n$/, '')}\n\`\`\``;
}

/** The first series of each family, with the number of those that are left out. */
export function firstOfEachFamily(metrics: string): string {
  const families = metrics.trimEnd().split(/\n(?=# HELP )/);
  return families
    .map((family) => {
      const [help, type, first, ...rest] = family.split('\n');
      const left = rest.length > 0 ? [`… ${rest.length} more`] : [];
      return [help, type, first, ...left].join('\n');
    })
    .join('\n');
}

function readRequest(request: string | PageRequest): PageRequest {
  return typeof request === 'string' ? { path: request } : request;
}

function curlArguments(method: string, headers: Readonly<Record<string, string>>): string {
  const how = method === 'GET' ? '-i ' : method === 'HEAD' ? '-I ' : `-i -X ${method} `;
  return [how, ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}' `)].join('');
}

function indent(body: string, type: string): string {
  if (body === '' || !/[/+]json/.test(type)) return body;
  return JSON.stringify(JSON.parse(body), undefined, 2).replaceAll(LIST_OF_ONE_TEXT, '[$1]');
}
