import { type Candidate, exclusionOf, isPlaceable } from './candidate.js';
import type { Requirement } from './requirement.js';

function candidate(more: Partial<Candidate> = {}): Candidate {
  return {
    name: 'a',
    endpoint: 'http://a',
    serviceType: 'vm',
    region: 'eu',
    zone: 'eu-1',
    labels: { tier: 'gold', os: 'linux' },
    capabilities: ['gpu', 'ssd'],
    capacity: { cpu: 4, memory: 100 },
    allocated: { cpu: 1 },
    phase: 'Ready',
    cordoned: false,
    availability: 'Available',
    trusted: false,
    ...more,
  };
}

function needs(more: Partial<Requirement> = {}): Requirement {
  return { resources: {}, capabilities: [], labels: [], ...more };
}

describe('exclusionOf: state', () => {
  it.each<[Partial<Candidate>, string | undefined]>([
    [{}, undefined],
    [{ availability: 'Suspect' }, undefined],
    [{ availability: 'Unavailable' }, 'unavailable'],
    [{ availability: 'Unavailable', trusted: true }, 'unavailable'],
    [{ availability: 'Unknown' }, 'not heard yet'],
    [{ availability: 'Unknown', trusted: true }, undefined],
    [{ phase: 'Starting' }, 'phase Starting'],
    [{ phase: 'NotReady' }, 'phase NotReady'],
    [{ phase: 'Draining' }, 'phase Draining'],
    [{ phase: 'Maintenance' }, 'phase Maintenance'],
    [{ availability: 'Unknown', trusted: true, phase: 'Draining' }, 'phase Draining'],
    [{ cordoned: true }, 'cordoned'],
    [{ availability: 'Unavailable', phase: 'Draining', cordoned: true }, 'unavailable'],
    [{ phase: 'Draining', cordoned: true }, 'phase Draining'],
  ])('of %j is %j', (state, reason) => {
    expect(exclusionOf(candidate(state), needs())).toBe(reason);
    expect(isPlaceable(candidate(state))).toBe(reason === undefined);
  });
});

describe('exclusionOf: fit', () => {
  it.each<[Partial<Requirement>, string | undefined]>([
    [{}, undefined],
    [{ serviceType: 'vm' }, undefined],
    [{ serviceType: 'db' }, 'service type'],
    [{ region: 'eu' }, undefined],
    [{ region: 'us' }, 'region'],
    [{ zone: 'eu-1' }, undefined],
    [{ zone: 'eu-2' }, 'zone'],
    [{ capabilities: ['gpu'] }, undefined],
    [{ capabilities: ['ssd', 'gpu'] }, undefined],
    [{ capabilities: ['gpu', 'tpu'] }, 'capability'],
    [
      {
        labels: [
          ['tier', 'gold'],
          ['os', 'linux'],
        ],
      },
      undefined,
    ],
    [
      {
        labels: [
          ['tier', 'gold'],
          ['os', 'bsd'],
        ],
      },
      'label',
    ],
    [
      {
        labels: [
          ['tier', 'gold'],
          ['tier', 'silver'],
        ],
      },
      'label',
    ],
    [{ labels: [['rack', '1']] }, 'label'],
    [{ labels: [['constructor', 'x']] }, 'label'],
    [{ resources: { cpu: 3, memory: 100 } }, undefined],
    [{ resources: { cpu: 3.5 } }, 'not enough cpu'],
    [{ resources: { memory: 101 } }, 'not enough memory'],
    [{ resources: { cpu: 9, memory: 101 } }, 'not enough cpu'],
    [{ resources: { storage: 1 } }, 'not enough storage'],
    [{ resources: { node: 1 } }, 'not enough node'],
    [{ resources: { storage: 0 } }, undefined],
    [{ serviceType: 'db', region: 'us', resources: { cpu: 9 } }, 'service type'],
  ])('for %j is %j', (requirement, reason) => {
    expect(exclusionOf(candidate(), needs(requirement))).toBe(reason);
  });

  it('names the state before the fit', () => {
    expect(exclusionOf(candidate({ cordoned: true }), needs({ region: 'us' }))).toBe('cordoned');
  });

  it('excludes a provider of no region or zone from work that asks for one', () => {
    const nowhere = candidate({ region: undefined, zone: undefined });
    expect(exclusionOf(nowhere, needs({ region: 'eu' }))).toBe('region');
    expect(exclusionOf(nowhere, needs({ zone: 'eu-1' }))).toBe('zone');
    expect(exclusionOf(nowhere, needs())).toBeUndefined();
  });

  it('gives the last tenth of a core to work that needs a tenth', () => {
    const nearlyFull = candidate({ capacity: { cpu: 1 }, allocated: { cpu: 0.9 } });
    expect(exclusionOf(nearlyFull, needs({ resources: { cpu: 0.1 } }))).toBeUndefined();
    expect(exclusionOf(nearlyFull, needs({ resources: { cpu: 0.1001 } }))).toBe('not enough cpu');
  });

  it('counts bytes exactly', () => {
    const full = candidate({ capacity: { memory: 8e12 }, allocated: { memory: 8e12 - 1 } });
    expect(exclusionOf(full, needs({ resources: { memory: 1 } }))).toBeUndefined();
    expect(exclusionOf(full, needs({ resources: { memory: 2 } }))).toBe('not enough memory');
  });
});
