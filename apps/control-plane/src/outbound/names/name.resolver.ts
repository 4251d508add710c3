/** The addresses of a name, in the order in which they are to be tried, and for how long they may be kept. */
export interface ResolvedName {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

/** Turns names into addresses. */
export abstract class NameResolver {
  /**
   * @param name in lower case, as a URL has it; no address
   * @throws NodeJS.ErrnoException with the code of `node:dns`: `ENOTFOUND` if there is no such name or it has no
   * address, any other if nobody could tell
   */
  abstract resolve(name: string): Promise<ResolvedName>;
}

/** Whether an error says for certain that a name has no address, not that nobody could tell. */
export function isNameAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EAI_NODATA' || code === 'EAI_NONAME';
}
