import { type Clock, RunningClock, SystemClock } from '@vitals/core/time';
import type { Endpoint } from '../../src/settings/setting-values.js';
import { AddressPolicy } from '../../src/outbound/guard/address.policy.js';
import { Connectivity } from '../../src/outbound/guard/connectivity.js';
import { GuardedConnector } from '../../src/outbound/guard/guarded.connector.js';
import { TargetPolicy } from '../../src/outbound/guard/target.policy.js';
import { DescriptorBudget } from '../../src/outbound/probe.lanes.js';
import type { NameResolver } from '../../src/outbound/name.resolver.js';
import { Prober } from '../../src/outbound/prober.js';
import { FakeNameResolver } from './fake.name-resolver.js';

export { httpTarget } from '../../../../libs/probes/test/http-target.js';

/** What differs from test to test. */
export interface OutboundOptions {
  readonly allowCidrs?: readonly string[];
  readonly names?: NameResolver;
  readonly ca?: string;
  /** Default one that resolves by `names` and trusts `ca`. */
  readonly connector?: GuardedConnector;
  readonly connectivity?: readonly Endpoint[];
  readonly clock?: Clock;
  /** How many descriptors this process is said to have. */
  readonly descriptors?: number;
  /** What targets may refer to. */
  readonly referable?: ReadonlyMap<string, string>;
}

/** A prober with all that belongs to it; by default it may reach loopback, where `target.test` is. */
export function outbound(options: OutboundOptions = {}) {
  const {
    allowCidrs = ['127.0.0.0/8'],
    clock = new SystemClock(),
    connectivity = [],
    descriptors = 10_000,
  } = options;
  const names = options.names ?? new FakeNameResolver({ 'target.test': ['127.0.0.1'] });
  const policy = new AddressPolicy(allowCidrs);
  const connector = options.connector ?? new GuardedConnector(policy, names, clock, options.ca);
  const targets = new TargetPolicy(policy, options.referable);
  const prober = new Prober(
    targets,
    connector,
    new Connectivity(connectivity, names, clock),
    new RunningClock(clock),
    new DescriptorBudget(descriptors),
  );
  return { prober, targets, connector, policy };
}
