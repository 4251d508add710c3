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

/** How targets of each kind are looked at. */
type ProbeByKind = {
  readonly [K in ProbeTarget['kind']]: {
    look(target: Extract<ProbeTarget, { kind: K }>, run: ProbeRun): Promise<Finding>;
  };
};

/** Looks at targets, each in its way, over one connector. */
export class Probes {
  private readonly connections: HttpConnections;
  private readonly byKind: ProbeByKind;

  /** @param mostIdle how many connections for HTTP may be kept open while nothing is asked of them */
  constructor(connector: Connector, clock: Clock, mostIdle: number) {
    this.connections = new HttpConnections(connector, clock, mostIdle);
    this.byKind = {
      http: new HttpProbe(this.connections, clock),
      tcp: new TcpProbe(connector),
      grpc: new GrpcProbe(connector),
      tls: new TlsProbe(connector, clock),
      dns: new DnsProbe(connector),
    };
  }

  /** How many connections are kept open for HTTP, and how many of them are idle. */
  get httpConnections(): { readonly open: number; readonly idle: number } {
    return this.connections.counts;
  }

  /** One look at a target. @throws what the connector throws, and the errors of sockets: see `findingOf` */
  async look(target: ProbeTarget, run: ProbeRun): Promise<Finding> {
    return this.byKind[target.kind].look(target as never, run);
  }

  /** Closes every connection for HTTP. */
  close(): void {
    this.connections.closeAll();
  }
}

/** Whether a port accepts a connection. Nothing is sent, and it is closed at once. */
class TcpProbe {
  constructor(private readonly connector: Connector) {}

  async look({ host, port }: TcpTarget, run: ProbeRun): Promise<Finding> {
    const socket = await run.connect(this.connector, { host, port });
    socket.destroy();
    return success('accepted a connection');
  }
}
