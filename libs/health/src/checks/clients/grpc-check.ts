import type { FactoryProvider } from '@nestjs/common';
import {
  type ChannelCredentials,
  Client,
  connectivityState,
  credentials,
  type requestCallback,
  type ServiceError,
  status as codes,
} from '@grpc/grpc-js';
import { authorityOf, bracketedPlaces, tlsIdentityOf, withoutOpenSslErrors } from '@vitals/core/check';
import type { HealthCheckResponse } from '@vitals/core/grpc';
import { failureReason } from '@vitals/core/health';
import { abortable } from '@vitals/probes';
import { isIP, isIPv6 } from 'node:net';
import type { HealthOptions } from '../../declaration/health.options.js';
import { GRPC_HEALTH_SERVICE } from '../../grpc/service-definitions.js';
import { type Probe, provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What `grpcCheck` can be told, besides what every check can. */
export interface GrpcCheckSettings extends HealthOptions {
  /** `host:port` (an IPv6 address in brackets), or any target that gRPC resolves, such as `dns:///peers:50051`. */
  readonly address: string;
  /** The service that is asked about; default `""`, the whole server. */
  readonly service?: string;
  /** Default: in the clear. */
  readonly credentials?: ChannelCredentials;
  /** Further options of the channel, such as `grpc.ssl_target_name_override`. */
  readonly channelOptions?: Readonly<Record<string, string | number>>;
}

/** `host:port` with nothing else, an IPv6 address in brackets. */
const PLACE = /^(?:\[([\da-f:.]+)\]|([^:/[\]]+)):(\d+)$/i;

/**
 * Whether a gRPC server says that it serves, by `grpc.health.v1`:
 * `providers: [grpcCheck({ name: 'ledger', address: 'ledger:50051' })]`. One channel is opened for all runs; after a
 * run that failed it is closed and the next run opens another, so that neither a dead connection nor the channel's
 * own back-off hides a server that is back. While a server leaves the handshake open, the runs share that one
 * connection. Reports `address`, `service` and `servingStatus`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function grpcCheck(settings: GrpcCheckSettings): FactoryProvider {
  const read = Settings.of('grpcCheck', settings, ['address', 'service', 'credentials', 'channelOptions']);
  const { service = '', credentials: given, channelOptions } = settings;
  const address = readAddress(read, settings.address);
  if (typeof service !== 'string') read.refuse('service', service, 'the name of a service, or "" for all');
  return provideCheck(read.external('grpc'), () =>
    grpcProbe(
      address,
      service,
      // a pool of its own: else closing leaves the connection to others with the same target
      () =>
        new Client(address, given ? askingForNamesOnly(given) : credentials.createInsecure(), {
          ...identityOptions(address, given !== undefined),
          ...channelOptions,
          'grpc.use_local_subchannel_pool': 1,
        }),
    ),
  );
}

function grpcProbe(address: string, service: string, connect: () => Client): Probe {
  let client: Client | undefined;
  let isClosed = false;
  const status = up({ address, service });
  return {
    async check({ signal }) {
      if (isClosed) return status.down('the app has shut down');
      const asked = (client ??= connect());
      try {
        const { status: servingStatus } = await ask(asked, service, signal);
        const told = status.withAttribute('servingStatus', servingStatus);
        return servingStatus === 'SERVING' ? told : told.down(`the server says ${servingStatus}`);
      } catch (error) {
        // closing a channel that is still connecting leaves its socket open for as long as the server likes
        if (asked.getChannel().getConnectivityState(false) !== connectivityState.CONNECTING) {
          asked.close();
          if (client === asked) client = undefined;
        }
        return status.down(reasonOf(error));
      }
    },
    close() {
      isClosed = true;
      client?.close();
      client = undefined;
    },
  };
}

function ask(client: Client, service: string, signal: AbortSignal): Promise<HealthCheckResponse> {
  const { path, requestSerialize, responseDeserialize } = GRPC_HEALTH_SERVICE.Check;
  return abortable(signal, (resolve, reject) => {
    const answered: requestCallback<HealthCheckResponse> = (error, response) =>
      response ? resolve(response) : reject(error);
    const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, answered);
    return () => call.cancel();
  });
}

function reasonOf(error: unknown): string {
  const { code, details } = error as Partial<ServiceError>;
  if (code === undefined || details === undefined) return failureReason(error);
  return bracketedPlaces(`${codes[code]}: ${withoutOpenSslErrors(details)}`);
}

function readAddress(read: Settings, given: unknown): string {
  const address = read.text('address', given, '"host:port"');
  if (/^https?:/i.test(address) || /\s/.test(address))
    read.refuse('address', given, '"host:port", without http:// before it');
  if (isBareIpv6(address) || /^\[[^\]]*\]$/.test(address))
    read.refuse('address', given, 'an IPv6 address in brackets, with its port, such as "[::1]:50051"');
  const port = /^(?:[^:/]+|\[[^\]/]*\]):(\d+)$/.exec(address)?.[1];
  if (port !== undefined) read.port(Number(port));
  else if (/^[^:/]+$/.test(address)) read.refuse('address', given, 'it with its port, "host:port"');
  return address;
}

/**
 * The options by which @grpc/grpc-js names the server of a plain `host:port` as the standards have it: `:authority` in
 * its normal form, the name of SNI without the dot at its end (RFC 6066 section 3). None for other targets, whose
 * resolvers know what they are called.
 */
function identityOptions(address: string, isSecure: boolean): Readonly<Record<string, string | number>> {
  const [, literal, given, port] = PLACE.exec(address) ?? [];
  const host = literal ?? given;
  if (host === undefined) return {};
  const { hostname } = new URL(`http://${literal === undefined ? host : `[${literal}]`}`);
  const authority = authorityOf(isSecure ? 'https' : 'http', hostname, Number(port));
  const { serverName } = tlsIdentityOf(hostname);
  return {
    'grpc.default_authority': authority,
    ...(isSecure && serverName !== '' && { 'grpc.ssl_target_name_override': serverName }),
  };
}

/** An IPv6 address without brackets, with a port behind it or none: nobody can tell where it ends. */
function isBareIpv6(address: string): boolean {
  return isIPv6(address) || isIPv6(address.replace(/:\d+$/, ''));
}

/**
 * Credentials that ask for names alone by SNI: @grpc/grpc-js 1.14 asks for IP addresses too, which RFC 6066 section 3
 * forbids and strict servers refuse. The certificate is still compared with the address.
 */
function askingForNamesOnly(given: ChannelCredentials): ChannelCredentials {
  const asking = Object.create(given) as ChannelCredentials;
  asking._createSecureConnector = (...args) => {
    const connector = given._createSecureConnector(...args);
    const { connectionOptions } = connector as { connectionOptions?: { servername?: string } };
    if (connectionOptions && isIP(connectionOptions.servername ?? '') !== 0)
      connectionOptions.servername = '';
    return connector;
  };
  return asking;
}
