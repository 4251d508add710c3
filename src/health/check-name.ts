/** A check, as far as names are concerned. */
export interface NamedCheck {
  readonly id: string;
  /** The name that it was declared with, if any. */
  readonly name: string | undefined;
}

/**
 * Every name that a check answers to, wherever a name stands for it: its identity, the name that it was declared with,
 * and the one that it reported last. It follows from the check alone: a name may mean several checks, and then means
 * all of them.
 */
export function namesOf({ id, name }: NamedCheck, reported?: string): readonly string[] {
  return [id, name, reported].filter((known) => known !== undefined);
}
