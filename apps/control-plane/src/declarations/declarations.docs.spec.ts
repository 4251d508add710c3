import { readFileSync } from 'node:fs';
import { DeclarationsFixture, type Document } from '../../test/checks/declarations-fixture.js';
import { readDeclarationsFile } from './reading/declarations.file.js';

const PAGE = new URL('../../../../docs/declarations.md', import.meta.url);

describe('docs/declarations.md', () => {
  it('has an example that can be applied', async () => {
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
    const file = readDeclarationsFile(new TextEncoder().encode(example));
    expect(file.faults).toEqual([]);
    const fixture = await DeclarationsFixture.start();
    expect(await fixture.faultsOf(file.value as Document)).toEqual([]);
    await fixture.apply(file.value as Document);
    expect([fixture.checks.size, fixture.providers.get('vm-1').cordoned]).toEqual([3, true]);
  });
});
