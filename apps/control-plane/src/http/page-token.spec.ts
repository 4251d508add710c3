import { idInPageToken, pageTokenOf } from './page-token.js';

describe('A page token', () => {
  it.each(['a', 'shop|10.0.0.7:80', 'größe', '😀'])('of %s leads behind it', (id) => {
    expect(idInPageToken(pageTokenOf(id))).toBe(id);
  });

  it.each([
    ['of nothing', ''],
    ['of U+0000', pageTokenOf('\0')],
    ['of a text with U+0000', pageTokenOf('a\0b')],
    ['of half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]).toString('base64url')],
    ['with padding', 'YQ=='],
    ['of another alphabet', '$'],
  ])('%s is refused', (_what, token) => {
    expect(() => idInPageToken(token)).toThrow(/page_token: give the next_page_token/);
  });
});
