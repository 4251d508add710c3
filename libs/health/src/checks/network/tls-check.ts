import type { FactoryProvider } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import { errorMessage, tlsFault, tlsIdentityOf } from '@vitals/core/check';
import { endOf, OpenConnector, reliedOn } from '@vitals/probes';
import type { ConnectionOptions, DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../settings.js';

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
 * clients would refuse it for any; but for an old authority at its end that nothing rests on. Reports `daysLeft` (whole days, negative once expired), `expiresAt` and
 * `subject`.
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
  return provideCheck({
    ...read.external('tls'),
    probe: () => ({
      check: async ({ signal }) => {
        const socket = await connector.connect(target, signal);
        try {
          return judge(socket as TLSSocket, identity, verify, downDays, warnDays);
        } finally {
          socket.destroy();
        }
      },
    }),
  });
}

function judge(
  socket: TLSSocket,
  identity: string,
  verify: boolean,
  downDays: number,
  warnDays: number,
): HealthStatus {
  const nowMs = Date.now();
  const leaf = socket.getPeerCertificate(true);
  if (!leaf.valid_to) throw new Error('the server showed no certificate');
  const { authorized, authorizationError } = socket;
  const expiresAtMs = Math.min(...reliedOn(leaf, authorized, verify, nowMs).map(endOf));
  const daysLeft = Math.floor((expiresAtMs - nowMs) / MS_PER_DAY);
  const subject = String(leaf.subject.CN ?? leaf.subjectaltname ?? '');
  const status = up({ daysLeft, expiresAt: new Date(expiresAtMs).toISOString(), subject });
  if (daysLeft < 0) return status.down('the certificate has expired');
  if (verify && !authorized) return status.down(distrustOf(authorizationError, leaf, identity));
  const few = `days until the certificate expires: ${daysLeft}`;
  if (daysLeft < downDays) return status.down(few);
  return daysLeft < warnDays ? status.degraded(few) : status;
}

/** Why a chain or a name is not trusted; Node.js gives a code where its types have an error. */
function distrustOf(fault: unknown, leaf: DetailedPeerCertificate, host: string): string {
  const said = fault instanceof Error ? errorMessage(fault) : String(fault);
  const words = fault instanceof Error ? tlsFault(fault) : tlsFault({ code: said, host, cert: leaf });
  return words ?? `the certificate is not trusted: ${said}`;
}
