import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Go fetches its own successors since this version. */
const FETCHES_ITSELF = 21;
/** What is fetched where Go cannot do that, as it is with the one of Debian 12. */
const TOOLCHAIN = 'go1.26.8';

/**
 * The folder of a `go` that can build the client, empty if the one of the PATH can; `undefined` if there is none. One
 * that is too old to fetch its successor gets it as a module, which the checksum database vouches for as for any other.
 * @param folder an empty one
 */
export function findGo(folder) {
  const version = tryRun('go', ['version'], folder);
  if (version === undefined) return undefined;
  const [, minor] = /go1\.(\d+)/.exec(version) ?? [];
  if (Number(minor) >= FETCHES_ITSELF) return '';
  const target = `${tryRun('go', ['env', 'GOOS'], folder)}-${tryRun('go', ['env', 'GOARCH'], folder)}`;
  execFileSync('go', ['mod', 'init', 'toolchain.example'], { cwd: folder, stdio: 'ignore' });
  const module = `golang.org/toolchain@v0.0.1-${TOOLCHAIN}.${target}`;
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', module], { cwd: folder, encoding: 'utf8' }),
  );
  // a module has no executable files, and an old Go does not know that this one has
  for (const tools of ['bin', `pkg/tool/${target.replace('-', '_')}`]) {
    if (!existsSync(join(Dir, tools))) continue;
    for (const name of readdirSync(join(Dir, tools))) chmodSync(join(Dir, tools, name), 0o755);
  }
  return join(Dir, 'bin');
}

function tryRun(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
