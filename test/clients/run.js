import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startControlPlane, TOKEN } from './control-plane.js';
import { assertPinned, assertShown, documentedCommands, documentedPart } from './documented.js';
import { findGo } from './go-toolchain.js';

// Generates clients with the commands of docs/clients.md, compiles them, and drives a control plane with each.
const only = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'vitals-clients-'));
const plane = await startControlPlane();
const description = await (await fetch(`${plane.url}/openapi.json`)).text();
const LANGUAGES = { typescript, go, python };
const counts = { passed: 0, failed: 0, skipped: 0 };

try {
  for (const [language, drive] of Object.entries(LANGUAGES)) {
    if (only.length > 0 && !only.includes(language)) continue;
    counts[runOne(language, drive)] += 1;
  }
} finally {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** @returns which count it adds to; what is missing here is a failure where it has to be there */
function runOne(language, drive) {
  const startMs = performance.now();
  const own = join(folder, language);
  cpSync(join('test/clients', language), own, { recursive: true });
  writeFileSync(join(own, 'openapi.json'), description);
  try {
    const missing = drive(own);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    process.stdout.write(missing ? `${language}: ${missing}\n` : `${language}: passed in ${seconds} s\n`);
    if (missing) return process.env.CI ? 'failed' : 'skipped';
    return 'passed';
  } catch (error) {
    process.stdout.write(`${language}: ${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}\n`);
    return 'failed';
  }
}

function typescript(own) {
  assertPinned('typescript', 'test/clients/typescript/package.json');
  assertShown('typescript', 'ts', 'test/clients/typescript/client.ts');
  sh('npm ci --prefer-offline --no-audit --no-fund', own);
  sh(documentedCommands('typescript', 'generate'), own);
  writeFileSync(join(own, 'example.ts'), documentedPart('typescript', 'example', 'ts'));
  writeFileSync(join(own, 'tsconfig.page.json'), documentedPart('typescript', 'settings', 'json'));
  sh('npx tsc -p tsconfig.page.json --noEmit && rm example.ts', own);
  sh('npx tsc && node dist/client.js', own);
}

function go(own) {
  assertPinned('go', 'test/clients/go/go.mod');
  assertShown('go', 'go', 'test/clients/go/main.go');
  mkdirSync(join(folder, 'toolchain'));
  const path = findGo(join(folder, 'toolchain'));
  if (path === undefined) return 'there is no go; install it (Debian: golang-go)';
  const PATH = [path, process.env.PATH].filter(Boolean).join(delimiter);
  const environment = { PATH, GOTOOLCHAIN: 'auto' };
  sh(documentedCommands('go', 'generate'), own, environment);
  sh('go vet ./... && go build -o client . && ./client', own, environment);
  return undefined;
}

function python(own) {
  assertPinned('python', 'test/clients/python/requirements.txt');
  assertShown('python', 'python', 'test/clients/python/client.py');
  try {
    sh('python3 -m venv .venv', own);
  } catch {
    return 'there is no python3 with venv; install it (Debian: python3-venv)';
  }
  const environment = { PATH: join(own, '.venv/bin') + delimiter + process.env.PATH };
  sh('pip install --quiet --disable-pip-version-check -r requirements.txt', own, environment);
  sh(documentedCommands('python', 'check'), own, environment);
  sh(documentedCommands('python', 'generate'), own, environment);
  sh('python client.py', own, environment);
  sh(`schemathesis run openapi.json --url ${plane.url}`, own, environment);
  return undefined;
}

/** Runs commands in a folder; what they print is shown only if they fail. */
function sh(commands, cwd, environment = {}) {
  execFileSync('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd,
    env: { ...process.env, VITALS_CONTROL_PLANE: plane.url, VITALS_TOKEN: TOKEN, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
