import { createHash } from 'node:crypto';
import type { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { Declarations } from '../declarations.js';
import { fileError, readDeclarationsFile } from '../reading/declarations.file.js';
import { readDeclarations } from '../reading/read-declarations.js';
import { describeUnreadable, readStamped, stampOf } from './watched.file.js';

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
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** What tells the file from the one before. @throws VitalsError if there is none */
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
    if (file.faults.length > 0) throw fileError(this.path, file.faults);
    const { declarations, faults } = await readDeclarations(file.value, this.clock);
    if (faults.length > 0) throw fileError(this.path, file.locate(faults));
    return { hash: createHash('sha256').update(bytes).digest('hex'), declarations };
  }

  /** Something that is wrong with the file as a whole. */
  refusal(detail: string, cause?: unknown): VitalsError {
    return fileError(this.path, [{ detail }], cause);
  }
}
