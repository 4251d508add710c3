/**
 * Which methods each path knows, so that a wrong method can be told from a wrong path, and which calls read a body, so
 * that all others can pass over it.
 */
export class RouteTable {
  private readonly methodsByPattern = new Map<string, Set<string>>();
  private readonly bodyReaders = new Set<string>();

  /** Notes a route; `url` is a pattern of Fastify's, such as `/providers/:name`. */
  add(methods: string | readonly string[], url: string): void {
    const known = this.methodsByPattern.get(url) ?? new Set<string>();
    for (const method of [methods].flat()) known.add(method);
    this.methodsByPattern.set(url, known);
  }

  /** Notes that the route of this method reads a body; `url` is its pattern. */
  addBodyReader(method: string, url: string): void {
    this.bodyReaders.add(`${method} ${url}`);
  }

  /** Whether the route of a pattern reads a body; `undefined` stands for a path that has no route. */
  readsBody(method: string, url: string | undefined): boolean {
    return this.bodyReaders.has(`${method} ${url}`);
  }

  /** Every route: its pattern, and the methods that it knows in alphabetical order. */
  all(): { readonly pattern: string; readonly methods: readonly string[] }[] {
    return [...this.methodsByPattern].map(([pattern, methods]) => ({
      pattern,
      methods: [...methods].toSorted(),
    }));
  }

  /** Methods of the routes that match a path, in alphabetical order; empty if there is nothing at it. */
  allowed(path: string): string[] {
    const segments = path.split('/');
    const methods = [...this.methodsByPattern]
      .filter(([pattern]) => matches(pattern.split('/'), segments))
      .flatMap(([, known]) => [...known]);
    return [...new Set(methods)].toSorted();
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}
