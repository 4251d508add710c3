import { DEFAULT_CHECK_POLICY, type MaintenanceWindow } from '@vitals/core/check';
import type { Random } from '../../engine/random.js';
import { ORIGIN_MS } from '../../engine/virtual-clock.js';
import type { Scenario } from '../scenario.js';
import { type ServicePlan, SimulatedService } from './simulated-service.js';

const INTERVALS_MS = [5_000, 10_000, 10_000, 15_000, 20_000, 30_000, 60_000];
/** Of registered services; 0 is never. */
const DEREGISTER_MS = [0, 60_000, 120_000, 120_000, 300_000, 600_000];
const HOUR_MS = 3_600_000;

/** So many of ten are registered; the others are checks of the API. */
const REGISTERED_OF_TEN = 7;

/** Everybody there is: registered and own checks, looked at and waited for, at every pace. */
export function population(
  random: Random,
  { services, servicesPerTag, hours }: Scenario,
): SimulatedService[] {
  const plans: ServicePlan[] = [];
  for (let index = 0; index < services; index++) {
    const tag = `zone-${index % Math.max(1, Math.round(services / servicesPerTag))}`;
    const isRegistered = index % 10 < REGISTERED_OF_TEN;
    const own = plans.filter(({ node }) => !node);
    plans.push(isRegistered ? registered(random, index, tag) : ownCheck(random, index, own, hours));
  }
  return plans.map((plan) => new SimulatedService(plan));
}

function registered(random: Random, index: number, tag: string): ServicePlan {
  const isTtl = random.chance(0.35);
  const serviceId = `service-${index}`;
  const place = { protocol: 'http', address: `10.0.${index >> 8}.${index & 255}`, port: 8_080 };
  const interval = random.pick(INTERVALS_MS);
  const check = {
    healthPath: isTtl ? '' : '/health/',
    tlsSkipVerify: false,
    interval,
    deregisterCriticalServiceAfter: random.pick(DEREGISTER_MS),
  };
  const id = `${serviceId}|${tag}:http:${place.address}:${place.port}`;
  const policy = { intervalMs: interval, deregisterAfterMs: check.deregisterCriticalServiceAfter };
  return {
    index,
    id,
    isTtl,
    node: { serviceId, tag, ...place, check },
    definition: { ...blank(id, isTtl), ...policy },
    cadenceMs: cadence(random, interval),
  };
}

function ownCheck(random: Random, index: number, above: readonly ServicePlan[], hours: number): ServicePlan {
  const isTtl = random.chance(0.35);
  const id = `check-${index}`;
  const intervalMs = random.pick(INTERVALS_MS);
  const failuresBeforeCritical = random.integer(1, 3);
  const parent = above.length > 0 && random.chance(0.5) ? random.pick(above).id : undefined;
  return {
    index,
    id,
    isTtl,
    node: undefined,
    definition: {
      ...blank(id, isTtl),
      intervalMs,
      failuresBeforeCritical,
      failuresBeforeWarning: random.integer(1, failuresBeforeCritical),
      successBeforePassing: random.integer(1, 3),
      deregisterAfterMs: 0,
      maintenance: random.chance(0.4) ? [maintenance(random, hours)] : [],
      ...(parent !== undefined && { parent }),
    },
    cadenceMs: cadence(random, intervalMs),
  };
}

function blank(id: string, isTtl: boolean): ServicePlan['definition'] {
  return {
    ...DEFAULT_CHECK_POLICY,
    id,
    target: isTtl ? { kind: 'ttl' } : { kind: 'tcp', host: '10.1.0.1', port: 5_432 },
    maintenance: [],
    labels: {},
    paused: false,
  };
}

/** A sender that misses no deadline by itself. */
function cadence(random: Random, intervalMs: number): number {
  return random.integer(0.4 * intervalMs, 0.8 * intervalMs);
}

function maintenance(random: Random, hours: number): MaintenanceWindow {
  if (random.chance(0.5)) {
    const startMs = ORIGIN_MS + random.integer(0, hours * HOUR_MS);
    return { kind: 'once', startMs, endMs: startMs + random.integer(60_000, HOUR_MS / 2) };
  }
  const minute = random.integer(0, 59);
  const everyHours = random.pick([1, 2, 6, 12]);
  const expression = `${minute} */${everyHours} * * *`;
  return { kind: 'cron', expression, durationMs: random.integer(60_000, 20 * 60_000), timeZone: 'UTC' };
}

/** Whether a window of these is open: worked out by arithmetic, for the expressions that are made here. */
export function isOpen(windows: readonly MaintenanceWindow[], wallMs: number): boolean {
  return windows.some((window) => {
    if (window.kind === 'once') return window.startMs <= wallMs && wallMs < window.endMs;
    const [minute = '', hour = ''] = window.expression.split(' ');
    const everyMs = Number(hour.slice(2)) * HOUR_MS;
    const intoMs = (wallMs - ORIGIN_MS - Number(minute) * 60_000) % everyMs;
    return (intoMs + everyMs) % everyMs < window.durationMs;
  });
}
