import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { TestControlPlane } from '../support/control-plane.js';
import type { Document } from '../support/openapi/document.js';
import { withReference } from '../support/openapi/reference.js';

const run = promisify(execFile);
const PAGE = 'docs/http-api.md';
const NEXT_BLOCK = '@@ the next block @@';

/** What differs from run to run, as one run had it; long answers are indented for readers. */
function forReaders(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-31T10:00:00.000Z')
    .replaceAll(/(v[pt]\.[\w-]+\.)[\w-]{43}/g, '$1…')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '6f1c2d8e-…')
    .replaceAll(/"next_interval_seconds":(9|10|11)\b/g, '"next_interval_seconds":10')
    .replaceAll(/"(last\w+Timestamp)":\d{13}/g, '"$1":1769853600000')
    .replaceAll(
      /"file":"[^"]*\/backups\/([^"]*)","bytes":\d+/g,
      '"file":"/var/lib/vitals/backups/$1","bytes":135168',
    )
    .replaceAll(/"next_run_in_ms":(\d+)/g, (_, ms) => `"next_run_in_ms":${toTenSeconds(Number(ms))}`)
    .replaceAll(/"clock_skew_ms":-?[\d.]+/g, '"clock_skew_ms":-412')
    .split('\n')
    .map((line) =>
      /^[{[]/.test(line) && line.length > 100 ? JSON.stringify(JSON.parse(line), null, 2) : line,
    )
    .join('\n')
    .trim();
}

/** A time until something, as it was told a moment earlier. */
function toTenSeconds(ms: number): number {
  return Math.ceil(ms / 10_000) * 10_000;
}

/** The page, with what its commands print now, all in one shell. */
async function withOutputs(page: string, url: string): Promise<string> {
  const scripts = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, script]) => script as string);
  const session = scripts.join(`\nprintf '\\n${NEXT_BLOCK}\\n'\n`).replaceAll('http://127.0.0.1:3000', url);
  const { stdout } = await run('bash', ['-euc', session]);
  const outputs = stdout.split(NEXT_BLOCK).map(forReaders);
  let at = -1;
  return page.replaceAll(
    /^(```sh\n[^]*?^```\n)(\n```text\n[^]*?^```$)?/gm,
    (_, script: string, shown?: string) => {
      at++;
      return shown === undefined ? script : `${script}\n\`\`\`text\n${outputs[at]}\n\`\`\``;
    },
  );
}

describe('The page of the HTTP API', () => {
  it('has every call, and shows what its commands print; UPDATE_DOCS=1 writes it anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitals-page-'));
    const plane = await TestControlPlane.start({
      DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
      VITALS_ADMIN_TOKEN: 'change-me-before-use',
      VITALS_REGISTRATION_TOKEN: 'only-for-new-names',
    });
    try {
      const document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
      const shown = readFileSync(PAGE, 'utf8');
      const page = withReference(await withOutputs(shown, plane.url), document);
      const formatted = await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE });
      if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, formatted);
      expect(readFileSync(PAGE, 'utf8')).toBe(formatted);
      for (const { name } of document.tags) expect(formatted).toContain(`<!-- calls: ${name} -->`);
    } finally {
      await plane.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
