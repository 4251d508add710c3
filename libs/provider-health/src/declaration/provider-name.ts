/** What is wrong with the name of a provider; `undefined` if it can be used. */
export function faultOfName(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? undefined : 'the name must be a text that is not empty';
}
