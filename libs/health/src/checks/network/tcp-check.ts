import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus, failureReason } from '@vitals/core/health';
import { placeText } from '@vitals/core/check';
import { connect } from 'node:net';
import type { HealthOptions } from '../../declaration/health.options.js';
import { abortable } from '../abortable.js';
import { provideCheck } from '../provide-check.js';
import { Settings } from '../settings.js';

/** What `tcpCheck` can be told, besides what every check can. */
export interface TcpCheckSettings extends HealthOptions {
  /** Name or address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

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
      check: async ({ signal }) => {
        try {
          const address = await addressOf(host, port, signal);
          return HealthStatus.up().withAttribute('address', address);
        } catch (error) {
          return HealthStatus.down(failureReason(error)).withAttribute('address', placeText(host, port));
        }
      },
    }),
  });
}

function addressOf(host: string, port: number, signal: AbortSignal): Promise<string> {
  return abortable(signal, (resolve, reject) => {
    const socket = connect({ host, port });
    socket.on('connect', () => resolve(placeText(String(socket.remoteAddress), Number(socket.remotePort))));
    socket.on('error', reject);
    return () => socket.destroy();
  });
}
