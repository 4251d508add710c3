/** The member of a JSON document at a JSON Pointer (RFC 6901); `undefined` if there is none. */
export function memberAt(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let member = document;
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, key)) return undefined;
    if (Array.isArray(member) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    member = (member as Record<string, unknown>)[key];
  }
  return member;
}
