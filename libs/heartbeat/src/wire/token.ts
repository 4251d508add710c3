/** What is wrong with a token, if anything is: it has to fit into an HTTP header. */
export function faultOfToken(token: string): string | undefined {
  return /^[\x21-\x7e]{1,4096}$/.test(token)
    ? undefined
    : 'a token is one line of printable ASCII characters without spaces';
}
