import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NewFile } from './backup.file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-new-file-'));
  path = join(folder, 'nightly.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('NewFile', () => {
  it('takes the place of what a process left behind that was killed, and leaves nothing but itself', async () => {
    const left = await NewFile.begin(path);
    await left.handle.close();
    const file = await NewFile.begin(path);
    await file.handle.write('whole');
    await file.publish();
    await file.end();
    expect(readdirSync(folder)).toEqual(['nightly.db']);
    expect(readFileSync(path, 'utf8')).toBe('whole');
  });

  it('never gives its name to what another process has begun in its place, and leaves that alone', async () => {
    const first = await NewFile.begin(path);
    await first.handle.write('the first');
    const second = await NewFile.begin(path);
    await second.handle.write('the sec');
    await expect(first.publish()).rejects.toMatchObject({ code: 'backup-conflict' });
    await first.end();
    await second.handle.write('ond');
    await second.publish();
    await second.end();
    expect(readdirSync(folder)).toEqual(['nightly.db']);
    expect(readFileSync(path, 'utf8')).toBe('the second');
  });
});
