import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate, daysFromNow } from '../../../libs/health/test/certificate.js';
import { freePort } from '../../support/control-plane-process.js';
import { findExecutable } from './find-executable.js';
import { Service } from './service.js';

/** The name in the configurations of docs/operations.md, with a certificate for it. */
export const NAME = 'vitals.example';
const { cert, key } = certificate({ commonName: NAME, names: [NAME], notAfter: daysFromNow(2) });
export const CERTIFICATE = cert;

/** What is put in place of what a reader has to fill in. */
export interface Filled {
  /** The port of what lies behind the proxy. */
  readonly upstream: number;
  readonly readOnlyToken: string;
}

/** nginx with the configuration of docs/operations.md, on a free port of loopback. */
export async function startNginx(filled: Filled): Promise<Service> {
  const command = findExecutable(['nginx'], ['/usr/sbin'], 'Debian: apt-get install nginx-light');
  const { folder, port, text } = await fill('nginx', filled);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = [
    'daemon off; worker_processes 1;',
    process.getuid?.() === 0 ? 'user root;' : '',
    `pid ${folder}/pid; error_log stderr warn;`,
    'events {}',
    `http { access_log off; ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join(' ')}`,
    text.replace('listen 443', `listen 127.0.0.1:${port}`),
    '}',
  ].join('\n');
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  return new Service({ name: 'nginx', command, args, folder, port }).start();
}

/** Caddy with the configuration of docs/operations.md, on a free port of loopback. */
export async function startCaddy(filled: Filled): Promise<Service> {
  const command = findExecutable(['caddy'], [], 'Debian: apt-get install caddy');
  const { folder, port, text } = await fill('caddyfile', filled);
  const options = ['admin off', 'auto_https off', 'skip_install_trust', 'default_bind 127.0.0.1'];
  const global = `{\n${options.join('\n')}\nservers {\nprotocols h1 h2\n}\n}\n`;
  writeFileSync(join(folder, 'Caddyfile'), global + text.replace(':443', `:${port}`));
  const args = ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
  const environment = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return new Service({ name: 'Caddy', command, args, folder, port, environment }).start();
}

async function fill(
  language: string,
  { upstream, readOnlyToken }: Filled,
): Promise<{ readonly folder: string; readonly port: number; readonly text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-proxy-'));
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
  const text = exampleOf(language)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${upstream}`)
    .replaceAll('/etc/vitals/', `${folder}/`)
    .replaceAll('READ_ONLY_TOKEN', readOnlyToken);
  return { folder, port: await freePort(), text };
}

/** The one example of a language in docs/operations.md. */
function exampleOf(language: string): string {
  const page = readFileSync('docs/operations.md', 'utf8');
  const [, text] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/operations.md has no example in ${language}`);
  return text;
}
