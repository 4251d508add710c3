import { VitalsError } from '../errors.js';

/** Refuses what was declared or set up. @throws VitalsError `declaration-invalid`, always */
export function refuse(fault: string, cause?: unknown): never {
  throw new VitalsError('declaration-invalid', fault, { cause });
}

/** Refuses it if there is a fault. @throws VitalsError `declaration-invalid` */
export function refuseFault(fault: string | undefined): void {
  if (fault !== undefined) refuse(fault);
}

/** Refuses the first two of which both have one key. @throws VitalsError `declaration-invalid`, with what `say` says */
export function refuseEqual<T>(
  all: Iterable<T>,
  keyOf: (one: T) => string,
  say: (first: T, second: T) => string,
): void {
  const known = new Map<string, T>();
  for (const one of all) {
    const key = keyOf(one);
    const first = known.get(key);
    if (first !== undefined) refuse(say(first, one));
    known.set(key, one);
  }
}
