import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Prints how large the house is: lines of sources without specs, and files and folders of the control plane. */
const files = execFileSync('git', ['ls-files', '*.ts'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && !file.endsWith('.spec.ts'));
const linesOf = (file) => readFileSync(file, 'utf8').split('\n').length - 1;
const sum = (some) => some.reduce((lines, file) => lines + linesOf(file), 0);
const within = (pattern) => files.filter((file) => pattern.test(file));

const plane = within(/^apps\/control-plane\/src\//);
const sizes = plane.map(linesOf).sort((a, b) => a - b);
const rows = {
  'lines of control plane and libraries': sum(within(/^(apps\/control-plane|libs\/[^/]+)\/src\//)),
  'lines of the core': sum(within(/^src\//)),
  'files of the control plane': plane.length,
  'folders of the control plane': new Set(plane.map(dirname)).size,
  'median file of the control plane': sizes[Math.floor(sizes.length / 2)],
  'files of the control plane over 200 lines': sizes.filter((lines) => lines > 200).length,
};
for (const [what, count] of Object.entries(rows)) console.log(`${String(count).padStart(6)}  ${what}`);
