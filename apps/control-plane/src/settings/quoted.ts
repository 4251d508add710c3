/** A value as messages repeat it: nothing that comes before an `@`, where URLs have names and passwords. */
export function quoted(text: string): string {
  return JSON.stringify(text.replace(/^.*@/s, '…@'));
}
