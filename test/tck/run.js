import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Runs the MicroProfile Health TCK, from Maven Central, against Nest apps on each HTTP adapter:
// node test/tck/run.js [<main.js of the deployed apps>]. Needs a JDK 17 or newer, and Maven.
const ADAPTERS = ['fastify', 'express'];
const ASSERTIONS = 28;
const here = fileURLToPath(new URL('.', import.meta.url));
const app = resolve(process.argv[2] ?? join(here, 'dist/main.js'));
const output = resolve(here, '../../node_modules/.cache/vitals/tck');
const startedAt = performance.now();

for (const adapter of ADAPTERS) rmSync(join(output, adapter), { recursive: true, force: true });
await runMaven();
const results = ADAPTERS.map((adapter) => ({ adapter, ...resultOf(adapter) }));
const lines = results.map(({ adapter, tests, failed, skipped }) => {
  const passed = tests - failed - skipped;
  return `${adapter.padEnd(8)} ${passed} of ${ASSERTIONS} passed, ${failed} failed, ${skipped} skipped\n`;
});
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
process.stdout.write(`\nMicroProfile Health TCK, in ${seconds} s; reports in ${output}\n${lines.join('')}`);
if (results.some(({ tests, failed, skipped }) => tests !== ASSERTIONS || failed + skipped > 0)) {
  process.exitCode = 1;
}

/** Failed tests do not fail Maven, so that each adapter is tested. @throws Error if Maven itself fails */
async function runMaven() {
  const project = join(here, 'container/pom.xml');
  const args = ['--batch-mode', '--no-transfer-progress', '--file', project, 'test'];
  const properties = {
    'maven.test.failure.ignore': true,
    'vitals.output': output,
    'vitals.node': process.execPath,
    'vitals.app': app,
  };
  for (const [name, value] of Object.entries(properties)) args.push(`-D${name}=${value}`);
  const env = { ...process.env, MAVEN_OPTS: `-XX:TieredStopAtLevel=1 ${process.env.MAVEN_OPTS ?? ''}` };
  const maven = spawn('mvn', args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (signal) => maven.kill(signal);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  maven.once('error', () => {
    process.stderr.write(
      'mvn cannot be started. Install Maven and a JDK (Debian: apt-get install maven default-jdk-headless)\n',
    );
    process.exit(1);
  });
  const [code, signal] = await once(maven, 'close');
  if (code !== 0) {
    process.stderr.write(`Maven ended with ${code ?? signal}; what it says above is why\n`);
    process.exit(1);
  }
}

/** Sums of the report of one adapter; a run that was broken off has none. */
function resultOf(adapter) {
  const report = join(output, adapter, 'TEST-TestSuite.xml');
  const suite = existsSync(report) ? /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] : undefined;
  const sumOf = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite ?? '')?.[1] ?? 0);
  return { tests: sumOf('tests'), failed: sumOf('failures') + sumOf('errors'), skipped: sumOf('skipped') };
}
