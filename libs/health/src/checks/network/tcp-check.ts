import type { FactoryProvider } from '@nestjs/common';
import { placeText } from '@vitals/core/check';
import { OpenConnector } from '@vitals/probes';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

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
  const read = Settings.of('tcpCheck', settings, ['host', 'port']);
  const host = read.host('host', settings.host);
  const port = read.port(settings.port);
  return provideCheck(read.external('tcp'), () => ({
    about: up({ address: placeText(host, port) }),
    check: async ({ signal }) => {
      const socket = await connector.connect({ host, port }, signal);
      const address = placeText(String(socket.remoteAddress), Number(socket.remotePort));
      socket.destroy();
      return up({ address });
    },
  }));
}
