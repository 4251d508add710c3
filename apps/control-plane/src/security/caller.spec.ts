import { type Identity, speaksFor, speaksForNobody } from './caller.js';

const gateway = (...names: string[]): Identity => ({ kind: 'gateway', names });

describe('speaksFor', () => {
  it.each<[Identity, string, boolean]>([
    [{ kind: 'anonymous' }, 'any', true],
    [{ kind: 'admin' }, 'any', true],
    [{ kind: 'registration' }, 'any', false],
    [{ kind: 'read-only' }, 'any', false],
    [{ kind: 'provider', name: 'vm-1' }, 'vm-1', true],
    [{ kind: 'provider', name: 'vm-1' }, 'vm-10', false],
    [{ kind: 'provider', name: 'vm-*' }, 'vm-1', false],
    [gateway('west-1'), 'west-1', true],
    [gateway('west-1'), 'west-10', false],
    [gateway('east-1', 'west-*'), 'west-10', true],
    [gateway('west-*'), 'west-', true],
    [gateway('west-*'), 'west', false],
    [gateway('west-*'), 'southwest-1', false],
    [gateway(), 'west-1', false],
  ])('%j for %s: %s', (identity, name, speaks) => expect(speaksFor(identity, name)).toBe(speaks));
});

describe('speaksForNobody', () => {
  it.each<[Identity, boolean]>([
    [{ kind: 'anonymous' }, false],
    [{ kind: 'admin' }, false],
    [{ kind: 'provider', name: 'vm-1' }, false],
    [gateway('west-1'), false],
    [{ kind: 'registration' }, true],
    [{ kind: 'read-only' }, true],
  ])('%j: %s', (identity, nobody) => expect(speaksForNobody(identity)).toBe(nobody));
});
