import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileTokenStore } from './file.token-store.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-'));
  path = join(folder, 'token');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('FileTokenStore', () => {
  it('gives back what was saved last, also to another process', async () => {
    await new FileTokenStore(path).save('one');
    await new FileTokenStore(path).save('two');
    expect(await new FileTokenStore(path).load()).toBe('two');
    expect(await readFile(path, 'utf8')).toBe('two\n');
  });

  it('lets nobody but the owner read it, whatever it replaces', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    await new FileTokenStore(path).save('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind beside the file', async () => {
    await new FileTokenStore(path).save('one');
    expect(await readdir(folder)).toEqual(['token']);
  });

  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['blank lines', ' \n\n'],
  ])('has no token when there is %s', async (_what, content) => {
    if (content !== undefined) await writeFile(path, content);
    expect(await new FileTokenStore(path).load()).toBeUndefined();
  });

  it('keeps the old token when the new one cannot be written', async () => {
    const store = new FileTokenStore(join(folder, 'away', 'token'));
    await expect(store.save('one')).rejects.toThrow(/ENOENT/);
    expect(await store.load()).toBeUndefined();
  });

  it('says when there is something that it cannot read', async () => {
    await symlink(path, path);
    await expect(new FileTokenStore(path).load()).rejects.toThrow(/ELOOP/);
    await expect(new FileTokenStore(folder).load()).rejects.toThrow(/EISDIR/);
  });
});
