/** What is known of something thrown, for the log: its stack, else itself as text. Never throws. */
export function textOf(error: unknown): string {
  try {
    const stack: unknown = error instanceof Error ? error.stack : undefined;
    return typeof stack === 'string' ? stack : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}
