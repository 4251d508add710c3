import { ManualClock } from '@vitals/core/time';
import { describeFaults, readDeclarationsFile } from './declarations.file.js';
import { readDeclarations } from './read-declarations.js';

/** All faults of a file as they are told, under the name `f`. */
async function faultsOf(text: string): Promise<string[]> {
  const file = readDeclarationsFile(new TextEncoder().encode(text));
  const { faults } = await readDeclarations(file.value, new ManualClock());
  return describeFaults('f', file.locate(faults));
}

const CHECK = '{ id: a, type: ttl }';

describe('readDeclarations', () => {
  it('takes an empty list, and a list alone', async () => {
    expect(await faultsOf('checks: []')).toEqual([]);
    expect(await faultsOf(`checks: [${CHECK}]`)).toEqual([]);
    expect(
      await faultsOf('providers: [{ name: p, endpoint: "http://p", service_type: vm, schema_version: v1 }]'),
    ).toEqual([]);
  });

  it.each([
    ['no member', '{}', 'f:1:1: must have the lists checks, providers, or both'],
    ['no object', '[1]', 'f:1:1: must have the lists'],
    ['a misspelt list', `check: [${CHECK}]`, 'f:1:1: /check: is not known here; did you mean `checks`?'],
    ['a list that is none', 'checks:\nproviders: []', 'f:1:1: /checks: must be a list; write []'],
    ['an entry that is none', 'checks:\n  - a\n', 'f:2:5: /checks/0'],
    ['an entry that is empty', 'checks:\n  -\n', '/checks/0'],
    ['a check without an id', 'checks:\n  - type: ttl\n', 'f:2:5: /checks/0/id: is required'],
    [
      'a misspelt member',
      'checks:\n  - id: a\n    type: ttl\n    intervall: 3s\n',
      'f:4:5: /checks/0/intervall: is not known here; did you mean `interval`?',
    ],
    [
      'a wrong value',
      'checks:\n  - id: a\n    type: ttl\n    interval: 3\n',
      'f:4:5: /checks/0/interval: must be a duration',
    ],
    [
      'a wrong value within',
      'checks:\n  - id: a\n    type: tcp\n    tcp:\n      host: x\n      port: 0\n',
      'f:6:7: /checks/0/tcp/port: ',
    ],
    [
      'a member that is missing',
      'checks:\n  - id: a\n    type: tcp\n    tcp:\n      host: x\n',
      'f:4:5: /checks/0/tcp/port: ',
    ],
    [
      'an id that is there twice',
      `checks:\n  - ${CHECK}\n  - ${CHECK}\n`,
      'f:3:7: /checks/1/id: "a" is also declared at /checks/0/id',
    ],
    [
      'a parent that is not declared',
      'checks:\n  - { id: a, type: ttl, parent: b }\n',
      'f:2:25: /checks/0/parent: "b" must be declared in the same file',
    ],
    [
      'a parent that is itself',
      'checks:\n  - { id: a, type: ttl, parent: a }\n',
      '/checks/0/parent: a would depend on itself',
    ],
    [
      'a bad cron',
      'checks:\n  - id: a\n    type: ttl\n    maintenance:\n      - cron: "* *"\n        duration: 1h\n',
      'f:5:9: /checks/0/maintenance/0/cron: "* *" is not a cron expression',
    ],
  ])('refuses %s', async (_what, text, expected) => {
    expect((await faultsOf(text))[0]).toContain(expected);
  });

  it('refuses a circle, and more checks above each other than are looked through', async () => {
    const circle = ['a', 'b', 'c'].map((id, at) => ({ id, type: 'ttl', parent: 'bca'[at] }));
    expect(await faultsOf(JSON.stringify({ checks: circle }))).toHaveLength(3);
    const tower = Array.from({ length: 34 }, (_, at) => ({
      id: `c${at}`,
      type: 'ttl',
      ...(at > 0 && { parent: `c${at - 1}` }),
    }));
    const faults = await faultsOf(JSON.stringify({ checks: tower }));
    expect(faults).toEqual([expect.stringContaining('/checks/33/parent: more than 32 checks')]);
  });

  it('tells all faults at once', async () => {
    const text =
      'check: []\nchecks:\n  - { id: A, type: ttl, x: 1 }\n  - { type: nothing }\nproviders:\n  - { name: p }\n';
    expect((await faultsOf(text)).map((fault) => fault.replace(/: .*/, ''))).toEqual(
      expect.arrayContaining(['f:1:1', 'f:3:7', 'f:3:25', 'f:4:7', 'f:6:5']),
    );
  });
});
