/** How many causes are logged: a circle of causes must end. */
const MAX_CAUSES = 8;

/** What is known of something thrown, for the log: its stack, else itself as text, and those of its causes. Never throws. */
export function textOf(error: unknown): string {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  let current = error;
  do {
    seen.add(current);
    texts.push(stackOf(current));
    current = causeOf(current);
  } while (current !== undefined && current !== null && !seen.has(current) && seen.size <= MAX_CAUSES);
  return texts.join('\ncaused by: ');
}

function stackOf(error: unknown): string {
  try {
    const stack: unknown = error instanceof Error ? error.stack : undefined;
    return typeof stack === 'string' ? stack : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}

function causeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.cause : undefined;
  } catch {
    return undefined;
  }
}
