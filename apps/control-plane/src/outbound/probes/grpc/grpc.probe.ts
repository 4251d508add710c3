import { authorityOf, type GrpcTarget } from '@vitals/core/check';
import type { GuardedConnector } from '../../guard/guarded.connector.js';
import { hostText } from '../../guard/host.js';
import { demandOf } from '../../guard/tls-demand.js';
import { failure, type Finding, success } from '../finding.js';
import type { ProbeRun } from '../probe-run.js';
import { callCheck, type GrpcReply } from './grpc-call.js';
import { readCheckResponse } from './health-message.js';

/** Status codes of gRPC that mean something special here. */
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/**
 * Whether a gRPC server says that it serves, by the gRPC health checking protocol. Each look opens a connection of its
 * own: whether one can be opened is part of the question.
 */
export class GrpcProbe {
  constructor(private readonly connector: GuardedConnector) {}

  /** @throws what `GuardedConnector.connect` throws, and the errors of `node:http2` */
  async look(target: GrpcTarget, run: ProbeRun): Promise<Finding> {
    const { host, port, service, tls: isSecure, tlsSkipVerify } = target;
    const tls = isSecure ? { tls: demandOf(target, { verify: !tlsSkipVerify, protocols: ['h2'] }) } : {};
    const socket = await this.connector.connect(
      { host, port, ...tls },
      run.signal,
      (step) => (run.step = step),
    );
    run.step = 'waiting for the answer';
    const call = { authority: calledOf(target), isSecure, service, timeoutMs: run.timeoutMs };
    return judge(await callCheck(socket, call, run.signal), service);
  }
}

/** What the server is called in the call. */
function calledOf({ authority, host, port, tls, serverName = host }: GrpcTarget): string {
  return authority ?? authorityOf(tls ? 'https' : 'http', hostText(serverName), port);
}

function judge({ httpStatus, status, detail, frame }: GrpcReply, service: string): Finding {
  const who = service === '' ? 'the server' : `service ${service}`;
  if (httpStatus !== 200) return failure(`answered HTTP ${httpStatus}, which no gRPC server does`);
  if (status === undefined) return failure('the answer has no grpc-status, or is too long');
  if (status === UNIMPLEMENTED) return failure('the server does not implement grpc.health.v1.Health');
  if (status === NOT_FOUND) return failure(`the server does not know ${who}`);
  if (status !== 0) return failure(`answered gRPC status ${status}${detail && `: ${detail}`}`);
  const said = readCheckResponse(frame);
  if (said === undefined) return failure('the answer is not a HealthCheckResponse');
  return said === 'SERVING' ? success(`${who} is SERVING`) : failure(`${who} is ${said}`);
}
