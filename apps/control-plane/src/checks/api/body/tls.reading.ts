import type { TlsOptions } from '@vitals/core/check';
import { invalid } from '../../../http/validation.js';
import { hostText } from '@vitals/probes';
import { REDACTED } from './http.rules.js';
import { pairFault } from './pem.rules.js';
import type { TlsDto } from './tls.dto.js';

/** Whether any certificate is taken, in either spelling. */
export function isUnverified({ verify, tls_skip_verify }: TlsDto & { tls_skip_verify?: boolean }): boolean {
  return tls_skip_verify === true || verify === false;
}

/**
 * Who is trusted and who asks. @param pointer to the target @param known what was said so far of the same server
 * @throws VitalsError `request-invalid` for a key that is to stay as nobody knows it, or is not that of a new certificate
 */
export function secureOf(given: TlsDto, pointer: string, known: TlsOptions | undefined): TlsOptions {
  const { ca, server_name: serverName, client_certificate: clientCertificate } = given;
  const clientKey = keyOf(given, `${pointer}/client_key`, known);
  return {
    ...(ca !== undefined && { ca }),
    ...(serverName !== undefined && { serverName: hostText(serverName) }),
    ...(clientCertificate !== undefined && { clientCertificate }),
    ...(clientKey !== undefined && { clientKey }),
  };
}

function keyOf(
  { client_key: key, client_certificate: certificate }: TlsDto,
  pointer: string,
  known: TlsOptions | undefined,
): string | undefined {
  if (key !== REDACTED) return key;
  const before = known?.clientKey;
  if (before === undefined) {
    const detail = `${REDACTED} stands for nothing here: the check has no key, or none for this server; say it again`;
    throw invalid([{ pointer, detail }]);
  }
  const fault = pairFault(String(certificate), before);
  if (fault !== undefined) throw invalid([{ pointer, detail: `${fault}; say the new key` }]);
  return before;
}
