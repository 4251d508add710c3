/** The names on the way to a member, by its JSON Pointer (RFC 6901); `undefined` for what is no pointer. */
export function tokensOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The member of a JSON document at a JSON Pointer (RFC 6901); `undefined` if there is none. */
export function memberAt(document: unknown, pointer: string): unknown {
  const tokens = tokensOf(pointer);
  if (!tokens) return undefined;
  let member = document;
  for (const key of tokens) {
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, key)) return undefined;
    if (Array.isArray(member) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    member = (member as Record<string, unknown>)[key];
  }
  return member;
}
