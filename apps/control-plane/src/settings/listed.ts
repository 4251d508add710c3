/** The most entries of a setting that is a list: nobody means more. */
const MAX_LISTED = 100;

/** The entries of a list with commas between them. @throws Error if there are too many */
export function listed(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length <= MAX_LISTED) return parts;
  throw new Error(`lists ${parts.length}; at most ${MAX_LISTED} are taken`);
}
