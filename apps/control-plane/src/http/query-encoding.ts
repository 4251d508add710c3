import { VitalsError } from '@vitals/core/errors';
import { shownText } from '@vitals/core/json';

/**
 * Refuses a query whose percent-encoding is not UTF-8: parsers of queries make other characters of it, or leave it as
 * it is. @param url with its path
 * @throws VitalsError `request-malformed` that names the parameter
 */
export function assertQueryEncoding(url: string): void {
  const start = url.indexOf('?');
  if (start < 0 || !url.includes('%', start)) return;
  for (const pair of url.slice(start + 1).split('&')) {
    if (isEncoded(pair)) continue;
    const [name = ''] = pair.split('=', 1);
    const parameter = isEncoded(name)
      ? `the query parameter ${JSON.stringify(shownText(decodeURIComponent(name), 100))}`
      : 'the query';
    throw new VitalsError(
      'request-malformed',
      `${parameter} is not valid percent-encoded UTF-8; write a "%" as %25`,
    );
  }
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
