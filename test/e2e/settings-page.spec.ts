import { readFileSync } from 'node:fs';
import { AGENT_SETTINGS, CONTROL_PLANE_SETTINGS, unknownSettings } from '@vitals/core/settings';

/** The names in the first column of the tables of "Settings" in docs/operations.md, table by table. */
function tabledNames(): string[][] {
  const [, section = ''] =
    /^## Settings\n([^]*?)^## /m.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];
  return section
    .split(/\n\n+/)
    .filter((block) => block.startsWith('|'))
    .map((table) =>
      table.split('\n').flatMap((row) => {
        const [, first = ''] = row.split('|');
        return [...first.matchAll(/`([A-Z_<>]+)`/g)].map(([, name]) => name as string);
      }),
    );
}

describe('The settings in docs/operations.md', () => {
  const [ofControlPlane = [], ofOthers = []] = tabledNames();

  it('are all settings of the control plane, in the first table', () => {
    expect(CONTROL_PLANE_SETTINGS.filter((name) => !ofControlPlane.includes(name))).toEqual([]);
  });

  it('are all settings of the agent and of the commands, in the second table', () => {
    expect(AGENT_SETTINGS.filter((name) => !ofOthers.includes(name))).toEqual([]);
  });

  it('are known to the programs', () => {
    const named = [...ofControlPlane, ...ofOthers].map((name) => name.replace('<NAME>', 'DB'));
    expect(unknownSettings(Object.fromEntries(named.map((name) => [name, '']))), named.join()).toEqual([]);
  });
});
