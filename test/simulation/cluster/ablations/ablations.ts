import type { Rules } from '../model/rules.js';
import { type ClusterScenario, clusterScenarioOf } from '../running/scenario.js';

/** A rule of the cluster taken away, and a scenario within the fault model in which it is needed. */
export interface ClusterAblation {
  readonly name: string;
  readonly rules: Partial<Rules>;
  readonly scenario: (seed: number) => ClusterScenario;
}

/** The worst network, and providers that do not hurry: a beat more is lost than a deadline allows. */
const lossy: Partial<ClusterScenario> = {
  providers: 200,
  loss: 0.95,
  delays: 'extreme',
  retries: false,
  roams: true,
};

/** Instances die often, and are given up soon; beats are rare beside that. */
const dying: Partial<ClusterScenario> = {
  ...lossy,
  baseMs: 30_000,
  sessionMs: 6_000,
  kills: 90,
  freezes: 0,
  lags: 0,
  cuts: 0,
  logOutages: 0,
};

const within =
  (own: Partial<ClusterScenario>) =>
  (seed: number): ClusterScenario => ({ ...clusterScenarioOf(seed), ...own, seed });

/** The cluster with one rule taken away each: the simulation has to notice. */
export const CLUSTER_ABLATIONS: readonly ClusterAblation[] = [
  {
    name: 'without epochs',
    rules: { epochs: false },
    scenario: within({ freezesOnDecision: 0.3, providerCrashesPerProvider: 6 }),
  },
  { name: 'without watermarks', rules: { watermarks: false }, scenario: within({ lags: 30, cuts: 20 }) },
  {
    name: 'watermarks counted by when they are read',
    rules: { watermarks: 'received' },
    scenario: within({ ...lossy, lags: 120 }),
  },
  {
    name: 'without extension for a dead front',
    rules: { extension: 'none' },
    scenario: within(dying),
  },
  {
    name: 'extension only of leases last renewed through the dead front',
    rules: { extension: 'via' },
    scenario: within(dying),
  },
  {
    name: 'with the state updated before the commit',
    rules: { commitFirst: false },
    scenario: within({ storeOutages: 10, storms: 10, providerCrashesPerProvider: 6 }),
  },
  {
    name: 'without deciding again within the transaction',
    rules: { decideAgain: false },
    scenario: within({ storeOutages: 20, providerCrashesPerProvider: 6 }),
  },
  {
    name: 'beats taken by an instance that the log does not hear',
    rules: { gate: false },
    scenario: within({ ...lossy, cuts: 40 }),
  },
  {
    name: 'without extension for refused beats',
    rules: { refusals: false },
    scenario: within({ ...lossy, logOutages: 30 }),
  },
];
