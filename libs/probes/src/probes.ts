import type { ProbeTarget, TcpTarget } from '@vitals/core/check';
import type { Clock } from '@vitals/core/time';
import type { Connector } from './connector.js';
import { DnsProbe } from './dns.probe.js';
import { type Finding, success } from './finding.js';
import { GrpcProbe } from './grpc.probe.js';
import { HttpConnections } from './http-connections.js';
import { HttpProbe } from './http.probe.js';
import type { ProbeRun } from './probe-run.js';
import { TlsProbe } from './tls.probe.js';

/** Looks at targets, each in its way, over one connector. */
export class Probes {
  private readonly connections: HttpConnections;
  private readonly http: HttpProbe;
  private readonly grpc: GrpcProbe;
  private readonly tls: TlsProbe;
  private readonly dns: DnsProbe;

  /** @param mostIdle how many connections for HTTP may be kept open while nothing is asked of them */
  constructor(
    private readonly connector: Connector,
    clock: Clock,
    mostIdle: number,
  ) {
    this.connections = new HttpConnections(connector, clock, mostIdle);
    this.http = new HttpProbe(this.connections, clock);
    this.grpc = new GrpcProbe(connector);
    this.tls = new TlsProbe(connector, clock);
    this.dns = new DnsProbe(connector);
  }

  /** How many connections are kept open for HTTP, and how many of them are idle. */
  get httpConnections(): { readonly open: number; readonly idle: number } {
    return this.connections.counts;
  }

  /** One look at a target. @throws what the connector throws, and the errors of sockets: see `findingOf` */
  async look(target: ProbeTarget, run: ProbeRun): Promise<Finding> {
    switch (target.kind) {
      case 'http':
        return this.http.look(target, run);
      case 'tcp':
        return this.lookAtPort(target, run);
      case 'grpc':
        return this.grpc.look(target, run);
      case 'tls':
        return this.tls.look(target, run);
      case 'dns':
        return this.dns.look(target, run);
      default:
        return target satisfies never;
    }
  }

  /** Closes every connection for HTTP. */
  close(): void {
    this.connections.closeAll();
  }

  /** Whether a port accepts a connection. Nothing is sent, and it is closed at once. */
  private async lookAtPort({ host, port }: TcpTarget, run: ProbeRun): Promise<Finding> {
    const socket = await run.connect(this.connector, { host, port });
    socket.destroy();
    return success('accepted a connection');
  }
}
