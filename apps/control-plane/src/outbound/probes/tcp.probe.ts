import type { TcpTarget } from '@vitals/core/check';
import type { GuardedConnector } from '../guard/guarded.connector.js';
import { type Finding, success } from './finding.js';
import type { ProbeRun } from './probe-run.js';

/** Whether a port accepts a connection. Nothing is sent, and it is closed at once. */
export class TcpProbe {
  constructor(private readonly connector: GuardedConnector) {}

  /** @throws what `GuardedConnector.connect` throws */
  async look({ host, port }: TcpTarget, run: ProbeRun): Promise<Finding> {
    const socket = await this.connector.connect({ host, port }, run.signal, (step) => (run.step = step));
    socket.destroy();
    return success('accepted a connection');
  }
}
