import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import { type Declarations, readDeclarations } from './read-declarations.js';
import { type Position, readYaml } from './yaml.js';

/** The largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** The most faults that one message names. */
const MAX_NAMED = 100;
/** Characters that neither YAML nor a text of a person has. */
const FORBIDDEN = /(?![\t\n\r\u0085])\p{Cc}|[\ufffe\uffff]/u;
/** The first line of a file that says how it ends. */
const ANNOUNCED = /^# ends with \.\.\.[ \t]*(?:\r?\n|$)/;
/** The line with which YAML ends a document. */
const ENDS = /(?:^|\n)\.\.\.[ \t]*(?:\r?\n)*$/;

/** Something wrong in a file; `position` is left out for what is wrong with the file itself. */
export interface FileFault {
  readonly position?: Position;
  readonly pointer?: string;
  readonly detail: string;
}

/** A YAML or JSON file as plain values, and where each was written. `faults` is empty, or the value means nothing. */
export interface DeclarationsFile {
  readonly value: unknown;
  readonly faults: readonly FileFault[];
  /** Finds where the members are written that are wrong. */
  locate(faults: readonly FieldFault[]): FileFault[];
}

/** Reads a file; whatever its bytes are, it throws nothing. */
export function readDeclarationsFile(bytes: Uint8Array): DeclarationsFile {
  const refused = (wrong: readonly FileFault[]): DeclarationsFile => ({
    value: undefined,
    faults: wrong,
    locate: (unlocated) => [...unlocated],
  });
  if (bytes.length > MAX_FILE_BYTES)
    return refused([{ detail: `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` }]);
  if (!isUtf8(bytes)) return refused([{ detail: 'is not UTF-8 text; save it as UTF-8' }]);
  const text = new TextDecoder().decode(bytes);
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) return refused([forbiddenFault(text, forbidden.index)]);
  // wherever a text is cut off that announces its end, that is a fault, or the rest means the same
  if (ANNOUNCED.test(text) && !ENDS.test(text))
    return refused([{ detail: 'is not complete: its first line says that it ends with the line "..."' }]);
  const { value, faults, positionOf } = readYaml(text);
  if (faults.length > 0) return refused(faults);
  if (value === null)
    return refused([{ detail: 'is empty, which may be a mistake; to declare nothing, write "checks: []"' }]);
  const locate = (wrong: readonly FieldFault[]): FileFault[] =>
    wrong.map(({ pointer, detail }) => ({ position: positionOf(pointer), pointer, detail }));
  return { value, faults: [], locate };
}

/** One line for each fault: `file:line:column: /checks/3/interval: must be …`. */
export function describeFaults(path: string, faults: readonly FileFault[]): string[] {
  return faults.map(({ position, pointer, detail }) => {
    const place = position ? `${path}:${position.line}:${position.column}` : path;
    return `${place}: ${pointer ? `${pointer}: ` : ''}${detail}`;
  });
}

function forbiddenFault(text: string, offset: number): FileFault {
  const before = text.slice(0, offset).split('\n');
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0');
  return {
    position: { line: before.length, column: (before.at(-1) as string).length + 1 },
    detail: `holds the character U+${code}, which no YAML or JSON has; is it the right file?`,
  };
}

/** A file without faults, and what it declares. */
export interface DeclaringFile {
  /** The same for the same content. */
  readonly hash: string;
  readonly declarations: Declarations;
}

/**
 * The file that lies at a path at the time. All errors are `declaration-invalid` and name everything that is wrong;
 * one with a cause comes from the file system, and may be gone at the next try.
 */
export class FileSource {
  constructor(
    readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** A text that differs for another file or another content. @throws VitalsError if there is none */
  async stamp(): Promise<string> {
    try {
      return await stampOf(this.path);
    } catch (error) {
      throw this.refusal(describeUnreadable(error), error);
    }
  }

  /**
   * Reads the file of a stamp.
   * @returns `undefined` if another lies there by now
   * @throws VitalsError if it cannot be read, or is wrong
   */
  async read(stamp: string): Promise<DeclaringFile | undefined> {
    const bytes = await readStamped(this.path, stamp).catch((error: unknown) => {
      throw this.refusal(describeUnreadable(error), error);
    });
    if (!bytes) return undefined;
    const file = readDeclarationsFile(bytes);
    if (file.faults.length > 0) throw this.error(file.faults);
    const { declarations, faults } = await readDeclarations(file.value, this.clock);
    if (faults.length > 0) throw this.error(file.locate(faults));
    return { hash: createHash('sha256').update(bytes).digest('hex'), declarations };
  }

  /** Something that is wrong with the file as a whole. */
  refusal(detail: string, cause?: unknown): VitalsError {
    return this.error([{ detail }], cause);
  }

  /** The faults as an error that can be shown as it is: one line for each, `file:line:column` first. */
  error(faults: readonly FileFault[], cause?: unknown): VitalsError {
    const lines = describeFaults(this.path, faults.slice(0, MAX_NAMED)).map((line) => `  ${line}`);
    if (faults.length > MAX_NAMED) lines.push(`  and ${faults.length - MAX_NAMED} more`);
    const message = `the declarations in ${this.path} are wrong, nothing of them is applied:\n${lines.join('\n')}`;
    const named = faults.map(({ pointer = '', detail }) => ({ pointer, detail }));
    return new VitalsError('declaration-invalid', message, { faults: named, cause });
  }
}

/** The file that lies at a path, through whatever links lead to it; another one has another stamp. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error('is not a file; name one');
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * Reads the file that had a stamp; of one that is too large, only as much as shows that.
 * @returns `undefined` if another file lies there now, or it is being written
 */
async function readStamped(path: string, stamp: string): Promise<Uint8Array | undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = await buffer(handle.createReadStream({ end: MAX_FILE_BYTES, autoClose: false }));
    const isWhole = bytes.length === Math.min(size, MAX_FILE_BYTES + 1);
    return isWhole && (await stampOf(path)) === stamp ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

/** Why a file cannot be read, and what to do. */
export function describeUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file; put it there, or name another';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it; change its permissions';
    case undefined:
    default:
      return message;
  }
}
