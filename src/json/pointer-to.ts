/** The JSON Pointer (RFC 6901 section 3) of a member, by that of the value that has it. */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
