import { THIS_BUILD } from '../support/builds.js';
import { startApp, startControlPlane } from '../support/servers.js';

/** How often each target is looked at, in milliseconds. */
export const INTERVAL_MS = 10_000;
/** Registrations that are on their way at once. */
const AT_ONCE = 50;

/** Starts a process that is as many targets as anybody asks for. */
export function startTargets() {
  return startApp('check-targets');
}

/** A control plane that checks so many targets over HTTP. */
export async function startChecking(targets, size, intervalMs = INTERVAL_MS, build = THIS_BUILD) {
  const plane = await startControlPlane({
    build,
    environment: { VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8', VITALS_RATE_LIMIT: '0' },
  });
  await registerTargets(plane, targets, size, intervalMs);
  return plane;
}

/** Registers so many targets as services with an HTTP check. */
export async function registerTargets(plane, targets, size, intervalMs = INTERVAL_MS) {
  const numbers = Array.from({ length: size }, (_, number) => number).values();
  const registerNext = async () => {
    for (const number of numbers)
      await plane.call('POST', '/services', serviceOf(number, targets.port, intervalMs));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, registerNext));
}

/** The same done by nothing but undici. */
export function startBare(targets, size) {
  return startApp('bare-checks', {
    TARGETS_PORT: String(targets.port),
    TARGETS: String(size),
    INTERVAL_MS: String(INTERVAL_MS),
  });
}

function serviceOf(number, port, interval) {
  return {
    serviceId: `bench.${number}`,
    protocol: 'http',
    address: `127.1.${Math.floor(number / 250)}.${number % 250}`,
    port,
    check: { interval, healthPath: '/health/', deregisterCriticalServiceAfter: 0 },
  };
}
