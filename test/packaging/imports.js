import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The packages that a file of either module system imports, types included; Node's own are left out. */
export function packagesIn(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter(isPackage)
    .map(packageOf);
}

function isPackage(specifier) {
  return !specifier.startsWith('.') && !specifier.startsWith('node:');
}

function packageOf(specifier) {
  const [first, second] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
