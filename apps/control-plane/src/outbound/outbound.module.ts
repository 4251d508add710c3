import { Module } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { Settings } from '../settings/settings.js';
import { AddressPolicy } from './guard/address.policy.js';
import { Connectivity } from './guard/connectivity.js';
import { GuardedConnector } from './guard/guarded.connector.js';
import { TargetPolicy } from './guard/target.policy.js';
import { CachedNameResolver, NameResolver } from './name.resolver.js';
import { SystemNameResolver } from './system.name-resolver.js';
import { DescriptorBudget, ProbeLanes } from './probe.lanes.js';
import { Prober } from './prober.js';

/** In each lane: checks of one host at once, and checks that may wait for their turn. */
const LANE = { perHost: 256, waiting: 65_536 };

/** How checks reach what they check. */
@Module({
  providers: [
    {
      provide: AddressPolicy,
      inject: [Settings],
      useFactory: ({ outbound }: Settings) => new AddressPolicy(outbound.allowCidrs),
    },
    {
      provide: NameResolver,
      inject: [Clock],
      useFactory: (clock: Clock) => new CachedNameResolver(new SystemNameResolver(clock), clock),
    },
    {
      provide: GuardedConnector,
      inject: [AddressPolicy, NameResolver, Clock],
      useFactory: (policy: AddressPolicy, names: NameResolver, clock: Clock) =>
        new GuardedConnector(policy, names, clock),
    },
    {
      provide: Connectivity,
      inject: [Settings, NameResolver, Clock],
      useFactory: ({ outbound }: Settings, names: NameResolver, clock: Clock) =>
        new Connectivity(outbound.connectivity, names, clock),
    },
    { provide: DescriptorBudget, useFactory: () => DescriptorBudget.ofProcess() },
    {
      provide: ProbeLanes,
      inject: [Clock, DescriptorBudget],
      useFactory: (clock: Clock, { living, failing }: DescriptorBudget) =>
        new ProbeLanes(clock, {
          living: { ...LANE, overall: living },
          failing: { ...LANE, overall: failing },
        }),
    },
    {
      provide: TargetPolicy,
      inject: [AddressPolicy, Settings],
      useFactory: (addresses: AddressPolicy, { secrets }: Settings) =>
        new TargetPolicy(addresses, secrets.referable),
    },
    Prober,
  ],
  exports: [Prober, TargetPolicy, ProbeLanes],
})
export class OutboundModule {}
