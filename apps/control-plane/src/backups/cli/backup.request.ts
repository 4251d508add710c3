import { errorMessage } from '@vitals/core/check';
import type { Problem } from '../../http/problem.js';
import type { BackupBody } from '../backups.controller.js';
import type { BackupArguments } from './backup.arguments.js';

/** How long the control plane may take, in milliseconds: a large database on a slow disk. */
const PATIENCE_MS = 3_600_000;

/**
 * Asks a control plane for a backup. @returns `undefined` if nobody listens there
 * @throws Error in words, if there is no backup
 */
export async function requestBackup({
  file,
  controlPlane,
  token,
}: BackupArguments): Promise<BackupBody | undefined> {
  const response = await fetch(`${controlPlane.replace(/\/+$/, '')}/backups`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ file }),
    // it would carry the token elsewhere
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    if (isRefused(error)) return undefined;
    throw new Error(`${controlPlane} does not answer: ${causeOf(error)}; is it the control plane?`);
  });
  if (!response) return undefined;
  const body = (await response.json().catch(() => undefined)) as Partial<Problem & BackupBody> | undefined;
  if (response.status === 201 && typeof body?.file === 'string') return body as BackupBody;
  const isProblem = typeof body?.detail === 'string' && body.type === `urn:vitals:problem:${body.code}`;
  const detail = (isProblem && body.detail) || 'that is not a control plane, or an older one';
  if (response.status === 401 || response.status === 403) {
    throw new Error(`${controlPlane}: ${detail}; give an administrator's with --token or VITALS_ADMIN_TOKEN`);
  }
  throw new Error(`${controlPlane} answered ${response.status}: ${detail}`);
}

function isRefused(error: unknown): boolean {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code === 'ECONNREFUSED';
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? errorMessage(cause) : message;
}
