import { type FieldFault, VitalsError } from '@vitals/core/errors';
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
  if (bytes.length > MAX_FILE_BYTES)
    return refused([{ detail: `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` }]);
  const text = decode(bytes);
  if (text === undefined) return refused([{ detail: 'is not UTF-8 text; save it as UTF-8' }]);
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) return refused([forbiddenFault(text, forbidden.index)]);
  const cutOff = endFault(text);
  if (cutOff !== undefined) return refused([{ detail: cutOff }]);
  const { value, faults, positionOf } = readYaml(text);
  if (faults.length > 0) return refused(faults);
  if (value === null)
    return refused([{ detail: 'is empty, which may be a mistake; to declare nothing, write "checks: []"' }]);
  const locate = (wrong: readonly FieldFault[]): FileFault[] =>
    wrong.map(({ pointer, detail }) => ({ position: positionOf(pointer), pointer, detail }));
  return { value, faults: [], locate };
}

/** The faults of a file as an error that can be shown as it is: one line for each, `file:line:column` first. */
export function fileError(path: string, faults: readonly FileFault[], cause?: unknown): VitalsError {
  const lines = describeFaults(path, faults.slice(0, MAX_NAMED)).map((line) => `  ${line}`);
  if (faults.length > MAX_NAMED) lines.push(`  and ${faults.length - MAX_NAMED} more`);
  const message = `the declarations in ${path} are wrong, nothing of them is applied:\n${lines.join('\n')}`;
  const named = faults.map(({ pointer = '', detail }) => ({ pointer, detail }));
  return new VitalsError('declaration-invalid', message, { faults: named, cause });
}

/** One line for each fault: `file:line:column: /checks/3/interval: must be …`. */
export function describeFaults(path: string, faults: readonly FileFault[]): string[] {
  return faults.map(({ position, pointer, detail }) => {
    const place = position ? `${path}:${position.line}:${position.column}` : path;
    return `${place}: ${pointer ? `${pointer}: ` : ''}${detail}`;
  });
}

/**
 * A text that announces its end in the first line, and has none, is half written: wherever it is cut off, that is a
 * fault, or the rest means the same.
 */
function endFault(text: string): string | undefined {
  if (!ANNOUNCED.test(text) || ENDS.test(text)) return undefined;
  return 'is not complete: its first line says that it ends with the line "..."';
}

function forbiddenFault(text: string, offset: number): FileFault {
  const before = text.slice(0, offset).split('\n');
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0');
  return {
    position: { line: before.length, column: (before.at(-1) as string).length + 1 },
    detail: `holds the character U+${code}, which no YAML or JSON has; is it the right file?`,
  };
}

function refused(faults: readonly FileFault[]): DeclarationsFile {
  const unlocated = (wrong: readonly FieldFault[]): FileFault[] => [...wrong];
  return { value: undefined, faults, locate: unlocated };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
