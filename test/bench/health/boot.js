import { alternate } from '../support/load.js';
import { startApp } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';

const GOAL = { atMost: 50 };
const VARIANTS = ['without', 'declared', 'with'];

/** A thousand checks, spread over providers in two ways. */
const LAYOUTS = [
  { providers: 1_000, checksEach: 1 },
  { providers: 100, checksEach: 10 },
];

/**
 * What a thousand checks add to the boot of an app: the same classes are booted plain, with decorators only, and
 * with decorators and `HealthModule`, by turns, each time in a fresh process. Boot is from the declaration of
 * the classes until the app listens; modules have been loaded by then.
 */
export async function benchHealthBoot({ rounds = 15 } = {}) {
  const subjects = {};
  for (const layout of LAYOUTS) {
    for (const health of VARIANTS) subjects[nameOf(layout, health)] = { ...layout, health };
  }
  await alternate(subjects, 1, boot);
  const measured = await alternate(subjects, rounds, boot);
  const rows = LAYOUTS.flatMap((layout) => {
    const [without, declared, withHealth] = VARIANTS.map((health) => measured[nameOf(layout, health)]);
    const title = `${layout.providers} providers with ${layout.checksEach}`;
    const added = (key, base) => withHealth.map((one, round) => one[key] - base[round][key]);
    return [
      row(`${title}: boot, plain`, 'ms', 1, pluck(without, 'bootMs')),
      row(`${title}: boot, decorators only`, 'ms', 1, pluck(declared, 'bootMs')),
      row(`${title}: boot, with health`, 'ms', 1, pluck(withHealth, 'bootMs')),
      row(`${title}: added by HealthModule`, 'ms', 1, added('bootMs', declared), GOAL),
      row(`${title}: added by all of it`, 'ms', 1, added('bootMs', without)),
      row(`${title}: the same, loading the library too`, 'ms', 1, added('sinceStartMs', without)),
    ];
  });
  return {
    title: 'What a thousand checks add to the boot of an app',
    how: `The same classes are booted plain, with decorators only, and with decorators and \`HealthModule\`, by turns, each ${rounds} times in a fresh process. Boot is from the declaration of the classes until the app listens; modules have been loaded by then.`,
    rows,
  };
}

function nameOf({ providers }, health) {
  return `${providers} ${health}`;
}

async function boot({ providers, checksEach, health }) {
  const environment = { PROVIDERS: String(providers), CHECKS_EACH: String(checksEach), HEALTH: health };
  const server = await startApp('many-checks', environment);
  try {
    if (health === 'with') {
      const { checks } = await (await fetch(`${server.url}/health/ready`)).json();
      const expected = providers * checksEach;
      if (checks.length !== expected) throw new Error(`${checks.length} checks were found, not ${expected}`);
    }
    return server.said;
  } finally {
    await server.stop();
  }
}
