import { textFault } from '@vitals/core/json';
import { invalid } from './validation.js';

/** The token with which a list that is ordered by id goes on behind this one. */
export function pageTokenOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id behind which a list goes on. @throws VitalsError `request-invalid` for a token that no list gave */
export function idInPageToken(token: string): string {
  const id = Buffer.from(token, 'base64url').toString();
  if (id !== '' && pageTokenOf(id) === token && textFault(id) === undefined) return id;
  throw invalid([
    { pointer: '/page_token', detail: 'give the next_page_token of an earlier answer, or none' },
  ]);
}
