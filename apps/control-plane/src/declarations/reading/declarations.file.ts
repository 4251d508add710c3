import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { endFault } from './end-marker.js';
import { composeYaml, type Position, type YamlFault } from './yaml.text.js';
import { YamlValues } from './yaml.values.js';

/** The largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Faults that one message names; whoever gave the wrong file has seen enough. */
const MAX_TOLD = 100;

/** What neither YAML nor a text that people write has in it. */
const FORBIDDEN = /(?![\t\n\r\u0085])\p{Cc}|[\ufffe\uffff]/u;

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
  if (bytes.length > MAX_FILE_BYTES) {
    return refused([{ detail: `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` }]);
  }
  const text = decode(bytes);
  if (text === undefined) return refused([{ detail: 'is not UTF-8 text; save it as UTF-8' }]);
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) return refused([forbiddenFault(text, forbidden.index)]);
  const cutOff = endFault(text);
  if (cutOff !== undefined) return refused([{ detail: cutOff }]);
  const { document, faults, positionOf } = composeYaml(text);
  const locateAll = (some: readonly YamlFault[]): FileFault[] =>
    some.map(({ offset, detail }) => ({ position: positionOf(offset), detail }));
  if (faults.length > 0 || !document) return refused(locateAll(faults));
  const values = new YamlValues(document.contents);
  if (values.faults.length > 0) return refused(locateAll(values.faults));
  if (values.value === null) {
    return refused([{ detail: 'is empty, which may be a mistake; to declare nothing, write "checks: []"' }]);
  }
  return {
    value: values.value,
    faults: [],
    locate: (wrong) =>
      wrong.map(({ pointer, detail }) => ({
        position: positionOf(values.offsetOf(pointer)),
        pointer,
        detail,
      })),
  };
}

/** The faults of a file as an error that can be shown as it is: one line for each, `file:line:column` first. */
export function fileError(path: string, faults: readonly FileFault[], cause?: unknown): VitalsError {
  const lines = describeFaults(path, faults.slice(0, MAX_TOLD)).map((line) => `  ${line}`);
  if (faults.length > MAX_TOLD) lines.push(`  and ${faults.length - MAX_TOLD} more`);
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
