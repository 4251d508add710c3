import { VitalsError } from '@vitals/core/errors';
import { placeText } from '@vitals/core/probe';

/** Words for what a person can mend; anything else keeps its stack, for it is a fault of ours. */
export function describeBootFailure(error: unknown): string {
  if (error instanceof VitalsError) return `vitals: ${error.message}`;
  const { code, address, port } = error as NodeJS.ErrnoException & { address: string; port: number };
  switch (code) {
    case 'EADDRINUSE':
      return `vitals: PORT: ${placeText(address, port)} is in use by another process; stop it, or set PORT to a free port`;
    case 'EACCES':
      return `vitals: PORT: this user may not listen on ${placeText(address, port)}; set PORT to 1024 or above`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `vitals: HOST: ${address ?? ''} is no address of this machine; set HOST to one that is, such as 127.0.0.1`;
    case undefined:
    default:
      return describeDatabaseFailure(error);
  }
}

function describeDatabaseFailure(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (/SQLITE_BUSY|database is locked/.test(`${code} ${message}`)) {
    return 'vitals: DATABASE_URL: the database is in use by another process; one control plane at a time may use it';
  }
  if (/SQLITE_|file is not a database/.test(`${code} ${message}`)) {
    return `vitals: DATABASE_URL: the database cannot be opened: ${message}`;
  }
  return `vitals: ${error instanceof Error ? error.stack : String(error)}`;
}
