import { AsyncLocalStorage } from 'node:async_hooks';
import { runInContext } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** Storages that a test file has used; Node 20 then looks into each of them for every promise of the process. */
const used = new Set();

for (const method of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...given) {
    used.add(this);
    return original.apply(this, given);
  };
}

/**
 * What the language itself brings, and no test replaces. Every look at a global of a sandbox goes through a proxy, in
 * every turn of every loop; a constant of the sandbox does not.
 */
const LANGUAGE = [
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'DataView',
  'Error',
  'Float64Array',
  'Function',
  'Int32Array',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'Uint32Array',
  'Uint8Array',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'parseFloat',
  'parseInt',
];

/** Node as test files see it, but nothing of a file makes promises slower for the files after it. */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    runInContext(`const { ${LANGUAGE.join(', ')} } = globalThis;`, this.context);
  }

  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
}
