/** A system call, its fault and the IPv6 address and port that it was about, as `node:net` says them. */
const PLACE_OF_FAULT =
  /\b((?:connect|bind|listen) E[A-Z]+(?:: [a-z ]+)? )((?:[\da-f]*:){2,}[\da-f.]*(?:%\w+)?):(\d+)\b/gi;

/** A message of `node:net` with IPv6 addresses in brackets: `connect ECONNREFUSED ::1:443` can be misread. */
export function bracketedPlaces(message: string): string {
  return message.replace(PLACE_OF_FAULT, '$1[$2]:$3');
}

/** A host as it stands before a port, in a URL and in messages: an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
