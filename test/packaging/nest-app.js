import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, NEED_OPTIONAL_PEERS, SOLD_OUT } from './add-health.js';
import { entriesOf } from './manifest.js';
import { answerOf, freePort, run, whileRunning } from './process.js';

/** A generated Nest app outside the repository. */
export class NestApp {
  constructor(folder) {
    this.folder = folder;
  }

  /** `npm install <tarballs>` and nothing else; the generator installed nothing. */
  async install(...tarballs) {
    await run(this.folder, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs);
    return this.versions('@nestjs/core', 'typescript');
  }

  versions(...packages) {
    return packages
      .map((name) => `${name} ${this.json(`node_modules/${name}/package.json`).version}`)
      .join(', ');
  }

  json(path) {
    return JSON.parse(readFileSync(join(this.folder, path), 'utf8'));
  }

  write(path, text) {
    writeFileSync(join(this.folder, path), text);
  }

  /** Changes a source that the generator wrote, and imports. @throws Error if it has nothing to change */
  change(path, imports, ...replacements) {
    let text = readFileSync(join(this.folder, path), 'utf8');
    for (const [found, replacement] of replacements) {
      assert.ok(text.includes(found), `${path} has no ${JSON.stringify(found)}:\n${text}`);
      text = text.replace(found, () => replacement);
    }
    this.write(path, `${imports.join('\n')}\n${text}`);
  }

  changeJson(path, changes) {
    this.write(path, JSON.stringify(changes(this.json(path)), undefined, 2));
  }

  /** Strict, and with the declarations of every package checked. */
  strict(changed = {}) {
    this.changeJson('tsconfig.json', (config) => ({
      ...config,
      compilerOptions: { ...config.compilerOptions, strict: true, skipLibCheck: false, ...changed },
    }));
  }

  /** Relative imports with their extension, as ES modules need them. */
  addExtensions() {
    for (const name of readdirSync(join(this.folder, 'src')).filter((file) => file.endsWith('.ts'))) {
      const text = readFileSync(join(this.folder, 'src', name), 'utf8');
      this.write(`src/${name}`, text.replaceAll(/(from|import) '(\.\/[\w.-]+?)(?:\.js)?'/g, "$1 '$2.js'"));
    }
  }

  /** Compiles with the app's own compiler, by the app's own script. */
  async build() {
    await run(this.folder, 'npm', 'run', 'build');
  }

  /** Boots what was built, asks for health, and ends it. */
  async answers() {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await whileRunning(this.folder, { PORT: String(port) }, ['node', 'dist/main.js'], async (running) => {
      assert.equal((await answerOf(`${url}/`, running)).text, 'Hello World!');
      const health = await answerOf(`${url}/health`, running);
      const { status, checks } = JSON.parse(health.text);
      assert.equal(health.status, 200, health.text);
      assert.equal(status, 'UP', health.text);
      assert.deepEqual(checks.map(({ name }) => name).sort(), CHECKS);
      const readiness = async () => {
        const { status: code, text } = await answerOf(`${url}/health/ready`, running);
        return [code, ...JSON.parse(text).checks.map((check) => [check.name, check.status])];
      };
      assert.deepEqual(await readiness(), [200, ['stock', 'UP']]);
      this.write(SOLD_OUT, '');
      assert.deepEqual(await readiness(), [503, ['stock', 'DOWN']]);
      rmSync(join(this.folder, SOLD_OUT));
      assert.deepEqual(await readiness(), [200, ['stock', 'UP']]);
      const components = await answerOf(`${url}/healthz?components=true`, running);
      assert.deepEqual(components, { status: 204, text: '' });
    });
  }

  /** The entry points of all installed packages of Vitals, as an app imports them. */
  entries() {
    const home = join(this.folder, 'node_modules/@vitals');
    return readdirSync(home).flatMap((name) =>
      entriesOf(join(home, name)).map((path) => `@vitals/${name}${path}`),
    );
  }

  /** `require` and `import` give the same classes: two would be two tokens. */
  async loadsOnce() {
    const entries = this.entries().filter((entry) => !NEED_OPTIONAL_PEERS.has(entry));
    const script = `(async () => {
      for (const entry of ${JSON.stringify(entries)}) {
        if (require(entry) !== (await import(entry))) throw new Error(entry + ' is loaded twice');
      }
    })();`;
    await run(this.folder, 'node', '--input-type=commonjs', '--eval', script);
    return `${entries.length} entry points`;
  }

  /** What a loader that knows no better comes to: decorators of one build, the module of the other. */
  async sharesMetadata() {
    const script = `
      import { createRequire } from 'node:module';
      import { NestFactory } from '@nestjs/core';
      import { HealthModule, HealthService } from '@vitals/health';
      const other = createRequire(import.meta.url)('./node_modules/@vitals/health/dist/cjs/index.js');
      if (other.HealthModule === HealthModule) throw new Error('there is one build only');
      class Stock { check() { return other.HealthStatus.named('stock').down('sold out'); } }
      other.Health('stock')(Stock.prototype, 'check', Object.getOwnPropertyDescriptor(Stock.prototype, 'check'));
      class AppModule {}
      const module = { module: AppModule, imports: [HealthModule], providers: [Stock] };
      const app = await NestFactory.createApplicationContext(module, { logger: false });
      const { checks } = await app.get(HealthService).report();
      await app.close();
      const found = JSON.stringify(checks.map(({ name, state }) => [name, state]));
      if (found !== '[["stock","DOWN"]]') throw new Error('the checks are ' + found);`;
    await run(this.folder, 'node', '--input-type=module', '--eval', script);
  }
}
