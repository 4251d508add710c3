import { IsBoolean } from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { HostRule } from './host.rule.js';
import { REDACTED } from './http.rules.js';
import { certificatesFault, keyFault, pairFault } from './pem.rules.js';
import { Rule } from './rule.js';

/** What a class of targets may say besides of TLS. */
interface Beside {
  readonly tls_skip_verify?: unknown;
}

/**
 * Who is trusted and who asks, wherever TLS is spoken. A class that extends it says with a static `lacksTls` when it
 * is not.
 */
export class TlsDto {
  /** Why a target speaks no TLS, in words that say what to do; `undefined` if it does. */
  static lacksTls(_target: object): string | undefined {
    return undefined;
  }

  @IfGiven()
  @Rule((value, beside: TlsDto) => certificatesFault(value) ?? lackOf(beside))
  ca?: string;

  @IfGiven()
  @HostRule('must be the name or the IP address that the certificate is for, without a port', lackOf)
  server_name?: string;

  @IfGiven()
  @Rule((value, beside: TlsDto) => {
    const isAlone = beside.client_key === undefined;
    return certificatesFault(value) ?? (isAlone ? 'needs client_key, the key of it' : lackOf(beside));
  })
  client_certificate?: string;

  @IfGiven()
  @Rule((value, { client_certificate: certificate }: TlsDto) => {
    if (certificate === undefined) return 'needs client_certificate, what the key is for';
    const fault = keyFault(value);
    if (fault !== undefined || value === REDACTED || certificatesFault(certificate) !== undefined)
      return fault;
    return pairFault(certificate, String(value));
  })
  client_key?: string;

  @IfGiven()
  @IsBoolean()
  @Rule((value, beside: TlsDto & Beside) => {
    if (beside.tls_skip_verify === value) return 'says the opposite of tls_skip_verify; leave that out';
    return value === false ? lackOf(beside) : undefined;
  })
  verify?: boolean;
}

function lackOf(target: object): string | undefined {
  return (target.constructor as typeof TlsDto).lacksTls(target);
}
