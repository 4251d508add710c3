import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { formatsPage } from '../support/formats-page.js';

const PAGE = 'docs/formats.md';

describe('The page of formats', () => {
  it('shows what a running app answers; UPDATE_DOCS=1 writes it anew', async () => {
    const answered = await formatsPage();
    const page = await format(answered, { ...(await resolveConfig(PAGE)), filepath: PAGE });
    if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  }, 60_000);
});
