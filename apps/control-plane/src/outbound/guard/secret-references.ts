import type { FieldFault } from '@vitals/core/errors';
import { type ProbeTarget, secretsOf, withSecrets } from '@vitals/core/check';
import { CHECK_SECRET_PREFIX, isReference, referredName } from '../../settings/secret-settings.js';

/** What may be sent as the value of a header (RFC 9110 section 5.5), in ASCII; or a text of several lines elsewhere. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const IN_HEADERS = '/headers/';

/**
 * References of targets to variables of the environment, `env:NAME`, in place of a secret. They alone are kept and
 * shown; what they stand for is looked up when a target is looked at.
 */
export class SecretReferences {
  private readonly known = new WeakMap<ProbeTarget, ProbeTarget>();

  /** @param referable what may be referred to, and nothing else of the environment */
  constructor(private readonly referable: ReadonlyMap<string, string> = new Map()) {}

  /** The first reference of a target that cannot be replaced, and why; never what one stands for. */
  faultOf(target: ProbeTarget): FieldFault | undefined {
    for (const { pointer, value } of secretsOf(target)) {
      const detail = isReference(value) ? this.whyNot(value, pointer) : undefined;
      if (detail !== undefined) return { pointer, detail };
    }
    return undefined;
  }

  /** The target with what its references stand for; the same object is read once. */
  resolved(target: ProbeTarget): ProbeTarget {
    const before = this.known.get(target);
    if (before) return before;
    const resolved = withSecrets(target, ({ value }) =>
      isReference(value) ? this.referable.get(referredName(value) ?? '') : value,
    ) as ProbeTarget;
    this.known.set(target, resolved);
    return resolved;
  }

  private whyNot(reference: string, pointer: string): string | undefined {
    const name = referredName(reference);
    if (name === undefined)
      return `a reference may only be to a variable whose name begins with ${CHECK_SECRET_PREFIX}`;
    const value = this.referable.get(name);
    if (value === undefined)
      return `${name} is not set in the environment of the control plane; set it, and start that again`;
    if (pointer.startsWith(IN_HEADERS) && !HEADER_VALUE.test(value))
      return `${name} is not a valid header value: it must be one line of ASCII characters, without spaces at its ends`;
    return undefined;
  }
}
