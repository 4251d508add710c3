import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const PAGE = readFileSync('docs/clients.md', 'utf8');

/** The commands that docs/clients.md has for a language; `step` is `install`, `generate` or `check`. */
export function documentedCommands(language, step) {
  const [, block] = new RegExp(`<!-- ${language}: ${step} -->\\s*\`\`\`sh\\n([^]*?)\`\`\``).exec(PAGE) ?? [];
  assert.ok(block, `docs/clients.md has no commands to ${step} for ${language}`);
  return block;
}

/** Fails unless the versions that docs/clients.md installs are those that are pinned in a file. */
export function assertPinned(language, file) {
  const pinned = readFileSync(file, 'utf8');
  const named = documentedCommands(language, 'install').matchAll(/(@?[\w./-]+[\w])(?:@|==)(v?\d[\w.]*)/g);
  for (const [, name, version] of named) {
    const path = name.replace(/\/cmd\/[\w-]+$/, '');
    const isPinned = [`"${path}": "${version}"`, `${path} ${version}`, `${path}==${version}`].some((line) =>
      pinned.includes(line),
    );
    assert.ok(isPinned, `docs/clients.md installs ${name} ${version}, which ${file} does not pin`);
  }
}

/** What docs/clients.md shows of a language; `part` is `example` or `settings`, `fence` the language of the block. */
export function documentedPart(language, part, fence) {
  const [, shown] =
    new RegExp(`<!-- ${language}: ${part} -->\\s*\`\`\`${fence}\\n([^]*?)\`\`\``).exec(PAGE) ?? [];
  assert.ok(shown, `docs/clients.md has no ${part} of ${language}`);
  return shown;
}

/** Fails unless the example that docs/clients.md shows in a language is a part of a file, spaces apart. */
export function assertShown(language, fence, file) {
  const example = documentedPart(language, 'example', fence);
  const plain = (text) => text.replaceAll(/\s+/g, ' ').trim();
  assert.ok(
    plain(readFileSync(file, 'utf8')).includes(plain(example)),
    `${file} lacks the example of docs/clients.md`,
  );
}
