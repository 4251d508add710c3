import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { errorMessage, tlsFault, tlsIdentityOf } from '@vitals/core/check';
import { endOf, OpenConnector, reliedOn } from '@vitals/probes';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What `tlsCheck` can be told, besides what every check can. */
export interface TlsCheckSettings extends HealthOptions {
  /** Name or address. */
  readonly host: string;
  /** Default 443. */
  readonly port?: number;
  /** The name that is asked for and that the certificate must carry; default `host`. */
  readonly servername?: string;
  /** Whether the chain and the name are verified too; default true. `false` looks at the dates alone. */
  readonly verify?: boolean;
  /** Authorities that are trusted, as PEM; default those that Node.js trusts. */
  readonly ca?: ConnectionOptions['ca'];
  /** `DOWN` with fewer whole days left than this; default 1. */
  readonly expiresInDays?: number;
  /** `DEGRADED` with fewer whole days left than this; default 14. */
  readonly warnInDays?: number;
}

const OWN = ['host', 'port', 'servername', 'verify', 'ca', 'expiresInDays', 'warnInDays'] as const;
const DEFAULT_PORT = 443;
const DEFAULT_EXPIRES_IN_DAYS = 1;
const DEFAULT_WARN_IN_DAYS = 14;
const MS_PER_DAY = 86_400_000;

const connector = new OpenConnector();

/**
 * How many days the certificate of a TLS server is still good for:
 * `providers: [tlsCheck({ name: 'shop', host: 'shop.example' })]`. The whole chain that the server sends counts, as
 * clients would refuse it for any; but for an old authority at its end that nothing rests on. Reports `daysLeft` (whole
 * days, negative once expired), `expiresAt` and `subject`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function tlsCheck(settings: TlsCheckSettings): FactoryProvider {
  const read = Settings.of('tlsCheck', settings, OWN);
  const { servername: givenName, verify = true, ca, expiresInDays = DEFAULT_EXPIRES_IN_DAYS } = settings;
  const host = read.host('host', settings.host);
  const port = read.port(settings.port ?? DEFAULT_PORT);
  const servername = givenName === undefined ? host : read.host('servername', givenName);
  const downDays = read.number('expiresInDays', expiresInDays, 0, Number.POSITIVE_INFINITY);
  const warnInDays = settings.warnInDays ?? Math.max(DEFAULT_WARN_IN_DAYS, downDays);
  const warnDays = read.number('warnInDays', warnInDays, downDays, Number.POSITIVE_INFINITY);
  // every certificate is accepted here, so that its dates can be told; what is wrong with it is in the result
  const target = { host, port, tls: { verify: false, ca, serverName: servername } };
  const { identity } = tlsIdentityOf(servername);
  return provideCheck(read.external('tls'), () => ({
    check: async ({ signal }) => {
      const socket = (await connector.connect(target, signal)) as TLSSocket;
      try {
        const relied = reliedOn(socket, verify, Date.now());
        const distrust = verify ? distrustOf(socket, relied[0], identity) : undefined;
        return judge(relied, distrust, downDays, warnDays);
      } finally {
        socket.destroy();
      }
    },
  }));
}

function judge(
  relied: readonly DetailedPeerCertificate[],
  distrust: string | undefined,
  downDays: number,
  warnDays: number,
): HealthStatus {
  const [leaf] = relied;
  if (!leaf) return HealthStatus.down('the server showed no certificate');
  const expiresAtMs = Math.min(...relied.map(endOf));
  const daysLeft = Math.floor((expiresAtMs - Date.now()) / MS_PER_DAY);
  const subject = String(leaf.subject.CN ?? leaf.subjectaltname ?? '');
  const status = up({ daysLeft, expiresAt: new Date(expiresAtMs).toISOString(), subject });
  if (daysLeft < 0) return status.down('the certificate has expired');
  if (distrust !== undefined) return status.down(distrust);
  if (daysLeft < downDays) return status.down(`days until the certificate expires: ${daysLeft}`);
  if (daysLeft < warnDays) return status.degraded(`days until the certificate expires: ${daysLeft}`);
  return status;
}

/** Why a chain or a name is not trusted; Node.js gives a code where its types have an error. */
function distrustOf(
  { authorized, authorizationError: fault }: { authorized: boolean; authorizationError: unknown },
  cert: DetailedPeerCertificate | undefined,
  host: string,
): string | undefined {
  if (authorized) return undefined;
  const said = fault instanceof Error ? errorMessage(fault) : String(fault);
  const words = tlsFault(fault instanceof Error ? fault : { code: said, host, cert });
  return words ?? `the certificate is not trusted: ${said}`;
}
