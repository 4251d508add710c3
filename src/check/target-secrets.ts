import type { CheckTarget } from './target.js';

/**
 * The members of targets that may hold a credential, by their paths; `*` stands for every member. What is listed here
 * is never shown, is encrypted where it is kept, and may be a reference.
 */
const SECRET_MEMBERS: readonly (readonly string[])[] = [['headers', '*'], ['clientKey']];

/** A member of a target that may hold a credential. */
export interface TargetSecret {
  /** Where the API has it in the target, as a JSON Pointer (RFC 6901): `/headers/authorization`, `/client_key`. */
  readonly pointer: string;
  readonly value: unknown;
}

/** The members of a target that may hold a credential; those that are not said are left out. */
export function secretsOf(target: CheckTarget): TargetSecret[] {
  const secrets: TargetSecret[] = [];
  withSecrets(target, (secret) => {
    secrets.push(secret);
    return secret.value;
  });
  return secrets;
}

/** The target with another value in place of each of its secrets; the same object if none is another. */
export function withSecrets(target: CheckTarget, replace: (secret: TargetSecret) => unknown): CheckTarget {
  return SECRET_MEMBERS.reduce<CheckTarget>(
    (changed, path) => replaceAt(changed, path, '', replace) as CheckTarget,
    target,
  );
}

function replaceAt(
  value: unknown,
  [name, ...rest]: readonly string[],
  pointer: string,
  replace: (secret: TargetSecret) => unknown,
): unknown {
  if (name === undefined) return value === undefined ? value : replace({ pointer, value });
  if (typeof value !== 'object' || value === null) return value;
  const names = name === '*' ? Object.keys(value) : Object.hasOwn(value, name) ? [name] : [];
  const members = value as Readonly<Record<string, unknown>>;
  const changed = names
    .map((each) => {
      const token = name === '*' ? escaped(each) : inSnakeCase(each);
      return [each, replaceAt(members[each], rest, `${pointer}/${token}`, replace)] as const;
    })
    .filter(([each, member]) => member !== members[each]);
  // entries, for an assignment to a member named __proto__ would be lost
  return changed.length === 0 ? value : Object.fromEntries([...Object.entries(value), ...changed]);
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
