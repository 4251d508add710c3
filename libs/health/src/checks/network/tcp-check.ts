import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { placeText } from '@vitals/core/check';
import { OpenConnector } from '@vitals/probes';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck } from '../provide-check.js';
import { Settings } from '../settings.js';

/** What `tcpCheck` can be told, besides what every check can. */
export interface TcpCheckSettings extends HealthOptions {
  /** Name or address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

const connector = new OpenConnector();

/**
 * Whether a TCP connection can be opened: `providers: [tcpCheck({ name: 'broker', host, port })]`. `UP` once it is,
 * and it is closed at once; nothing is sent. Reports `address`, the one that was connected to.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function tcpCheck(settings: TcpCheckSettings): FactoryProvider {
  const read = Settings.of('tcpCheck', settings, { host: true, port: true });
  const { host: givenHost, port: givenPort, ...options } = settings;
  const host = read.host('host', givenHost);
  const port = read.port(givenPort);
  return provideCheck({
    owner: 'TcpCheck',
    options: { name: 'tcp', ...options, external: options.external ?? true },
    probe: () => ({
      about: HealthStatus.up().withAttribute('address', placeText(host, port)),
      check: async ({ signal }) => {
        const socket = await connector.connect({ host, port }, signal);
        const address = placeText(String(socket.remoteAddress), Number(socket.remotePort));
        socket.destroy();
        return HealthStatus.up().withAttribute('address', address);
      },
    }),
  });
}
