import type { ContentCounts } from './database.js';

/** A backup that was written. */
export interface BackupContent extends ContentCounts {
  readonly bytes: number;
  /** When it was so, in epoch milliseconds. */
  readonly atMs: number;
}

/** Writes backups of the database while it is in use. */
export abstract class BackupWriter {
  /**
   * Writes everything that is durable now into a new file: as it was at one moment, whole or not at all.
   * @throws VitalsError `backup-conflict` if there is something at the path, or nothing to back up;
   *   `backup-failed` if it could not be written, or was aborted; nothing is left behind then
   */
  abstract write(path: string, signal: AbortSignal): Promise<BackupContent>;
}
