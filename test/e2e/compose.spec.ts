import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspectSettings } from '../../apps/control-plane/src/settings/read-settings.js';
import { COMPOSE_FILE, composedServices, filledIn, LOAD_BALANCER_FILE } from '../support/compose.js';

const services = composedServices();
const CONTROL_PLANES = Object.keys(services).filter((name) => name.startsWith('control-plane'));

describe('The compose file', () => {
  it('has several control planes, and what they share', () => {
    expect(CONTROL_PLANES.length).toBeGreaterThan(1);
    expect(Object.keys(services)).toEqual([...CONTROL_PLANES, 'load-balancer', 'postgres', 'kafka']);
  });

  it.each(Object.entries(services))('pins the version of the image of %s', (_name, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?$/);
  });

  it.each(CONTROL_PLANES)('gives %s settings that exist and that it accepts', (name) => {
    const environment = filledIn(services[name]?.environment ?? {}, 'sixteen-letters');
    const { settings, faults, values } = inspectSettings(environment);
    expect(faults).toEqual([]);
    expect([...values.keys()]).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(settings.kafka.brokers).toEqual([{ host: 'kafka', port: 9092 }]);
    expect(settings.database).toMatchObject({ kind: 'postgres' });
  });

  it.each(CONTROL_PLANES)('starts %s once its servers are healthy, and knows when that is', (name) => {
    const dependencies = services[name]?.depends_on ?? {};
    expect(Object.keys(dependencies)).toEqual(['postgres', 'kafka']);
    for (const [server, { condition }] of Object.entries(dependencies)) {
      expect(condition).toBe('service_healthy');
      expect(services[server]?.healthcheck?.test[0]).toBe('CMD');
    }
  });

  it.each(CONTROL_PLANES)('gives %s the time that a stop may take', (name) => {
    const { stop_grace_period: grace = '', environment } = services[name] ?? {};
    const drainSeconds = Number.parseInt(environment?.['VITALS_DRAIN'] ?? '', 10);
    expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(drainSeconds + 25);
  });

  it('names files that are there', () => {
    const folder = dirname(COMPOSE_FILE);
    const { build } = services['control-plane-1'] ?? {};
    expect(existsSync(join(folder, build?.context ?? 'none', build?.dockerfile ?? 'none'))).toBe(true);
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    for (const [from = ''] of mounted
      .map((volume) => volume.split(':'))
      .filter(([at]) => at?.startsWith('.')))
      expect(existsSync(join(folder, from)), from).toBe(true);
  });

  it('has a load balancer that knows every control plane, at the port on which it listens', () => {
    const configuration = readFileSync(LOAD_BALANCER_FILE, 'utf8');
    for (const name of CONTROL_PLANES) {
      const address = `${name}:${services[name]?.environment?.['PORT']}`;
      expect(configuration.split(`server ${name} ${address}\n`)).toHaveLength(3);
    }
  });
});
