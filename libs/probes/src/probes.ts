import type { ProbeTarget, TcpTarget } from '@vitals/core/check';
import type { Clock } from '@vitals/core/time';
import type { Connector } from './connector.js';
import { DnsProbe } from './dns.probe.js';
import { type Finding, success } from './finding.js';
import { lookAtGrpc } from './grpc.probe.js';
import { HttpConnections } from './http-connections.js';
import { HttpProbe } from './http.probe.js';
import type { ProbeRun } from './probe-run.js';
import { lookAtTls } from './tls.probe.js';

/** Looks at targets, each in its way, over one connector. */
export class Probes {
  /** Those for HTTP, which are kept between looks. */
  readonly connections: HttpConnections;
  private readonly http: HttpProbe;
  private readonly dns: DnsProbe;

  /** @param mostIdle how many connections for HTTP may be kept open while nothing is asked of them */
  constructor(
    private readonly connector: Connector,
    private readonly clock: Clock,
    mostIdle: number,
  ) {
    this.connections = new HttpConnections(connector, clock, mostIdle);
    this.http = new HttpProbe(this.connections, clock);
    this.dns = new DnsProbe(connector);
  }

  /** One look at a target. @throws what the connector throws, and the errors of sockets: see `findingOf` */
  async look(target: ProbeTarget, run: ProbeRun): Promise<Finding> {
    switch (target.kind) {
      case 'http':
        return this.http.look(target, run);
      case 'tcp':
        return lookAtPort(this.connector, target, run);
      case 'grpc':
        return lookAtGrpc(this.connector, target, run);
      case 'tls':
        return lookAtTls(this.connector, target, run, this.clock);
      case 'dns':
        return this.dns.look(target, run);
      default:
        return target satisfies never;
    }
  }
}

/** Whether a port accepts a connection. Nothing is sent, and it is closed at once. */
async function lookAtPort(connector: Connector, { host, port }: TcpTarget, run: ProbeRun): Promise<Finding> {
  const socket = await run.connect(connector, { host, port });
  socket.destroy();
  return success('accepted a connection');
}
