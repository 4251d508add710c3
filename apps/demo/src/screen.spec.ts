import { stripVTControlCharacters } from 'node:util';
import { describeChanges, drawScreen } from './screen.js';
import type { Observation } from './watch.js';

const AT = '2026-01-31T10:00:00.123Z';
const ADDRESS = 'http:127.0.0.1:44017';

const OBSERVED: Observation = {
  providers: [
    {
      name: 'a-provider-with-a-long-name',
      phase: 'Maintenance',
      availability: 'Unavailable',
      placeable: false,
      last_heartbeat_at: AT,
      deadline_at: AT,
    },
  ],
  checks: [
    {
      id: `demo.invoices:${ADDRESS}`,
      type: 'http',
      status: 'Critical',
      message: 'answered 503, expected 200; the body is not what was expected either',
    },
  ],
  healthz: [
    { of: 'control plane', status: 204, body: '' },
    {
      of: 'basalt',
      status: 500,
      body: JSON.stringify({
        componentsHealth: [
          { componentName: 'disk', type: 'storage', status: 'NOT_OK', message: 'the disk is nearly full' },
          { componentName: 'net', type: 'network', status: 'OK' },
        ],
      }),
    },
    { of: 'coral', status: 502, body: '<html>'.repeat(30) },
    { of: 'amber', status: 0, body: 'no answer' },
  ],
  transitions: Array.from({ length: 9 }, (_, at) => ({
    sequence: 1_000 + at,
    subject: `demo.invoices-of-the-whole-company:${ADDRESS}`,
    from: 'Available',
    to: 'Unavailable',
    cause: 'three heartbeats in a row are missing, and the grace is over',
    at: AT,
  })),
};

function linesOf(observed: Observation): string[] {
  const screen = drawScreen(observed, 'a story '.repeat(20), 12_345, Date.parse(AT) + 2_000_000);
  return stripVTControlCharacters(screen).split('\n');
}

describe('The screen of the demo', () => {
  it('fits 80 columns, however long names and reasons are', () => {
    const tooLong = linesOf(OBSERVED).filter((line) => line.length > 80);
    expect(tooLong).toEqual([]);
  });

  it('has every column below its heading', () => {
    const lines = linesOf(OBSERVED);
    const under = (heading: string, below: string): void => {
      const at = lines.findIndex((line) => line.includes(heading));
      expect(lines[at + 1]?.slice(lines[at]?.indexOf(heading)).startsWith(below)).toBe(true);
    };
    under('PROVIDER', 'a-provider… Unavailable');
    under('AVAILABILITY', 'Unavailable');
    under('LAST HEARTBEAT', '2000.0 s ago');
    under('DEADLINE', 'passed');
    under('STATUS', 'Critical');
  });

  it('says which components are not well, not in JSON', () => {
    expect(linesOf(OBSERVED)).toEqual(
      expect.arrayContaining([
        'control plane  204 healthy',
        'basalt         500 disk: the disk is nearly full',
        'amber          no answer',
      ]),
    );
  });

  it('names services without their addresses in transitions', () => {
    const last = linesOf({
      ...OBSERVED,
      transitions: OBSERVED.transitions.map((one) => ({ ...one, subject: `demo.mailer:${ADDRESS}` })),
    }).at(-1);
    expect(last).toBe('#10… 10:00:00 demo.mailer   Available → Unavailable three heartbeats in a row a…');
  });
});

describe('The lines of the demo', () => {
  it('say the same of components, and nothing twice', () => {
    const lines = describeChanges(undefined, OBSERVED, 1_000);
    expect(lines).toContain('  1.0 s  healthz of basalt: 500 disk: the disk is nearly full');
    expect(describeChanges(OBSERVED, OBSERVED, 2_000)).toEqual([]);
  });
});
