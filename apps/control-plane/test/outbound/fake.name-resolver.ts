import { NameResolver, type ResolvedName } from '../../src/outbound/name.resolver.js';

/** What a name resolves to: addresses, an error with a code, or, as a list of lists, something else each time. */
export type FakeAnswer = readonly string[] | Error | readonly (readonly string[])[];

/** Resolves from a table; a name that is not in it hangs. Every question is kept. */
export class FakeNameResolver extends NameResolver {
  readonly questions: string[] = [];

  constructor(readonly table: Record<string, FakeAnswer> = {}) {
    super();
  }

  resolve(name: string): Promise<ResolvedName> {
    this.questions.push(name);
    const answer = this.table[name.replace(/\.$/, '')];
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Error) return Promise.reject(answer);
    const asked = this.questions.filter((question) => question === name).length;
    const [first] = answer;
    const addresses = typeof first === 'string' ? answer : (answer[(asked - 1) % answer.length] ?? []);
    return Promise.resolve({ addresses: addresses as readonly string[], ttlMs: 0 });
  }
}

/** The error of `node:dns` with a code. */
export function dnsFault(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`query ${code}`), { code, syscall: 'queryA' });
}
