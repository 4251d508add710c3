import type { HealthModuleOptions } from '../health.module-options.js';
import { configure, type DeclaredCheck } from './check.configuration.js';

const declared: DeclaredCheck[] = [
  { id: 'Disk#check', options: { name: 'disk-space', groups: ['storage'] } },
  { id: 'Db#ping', options: { groups: ['storage', 'deep'], timeout: '1s' } },
  { id: 'mail', options: { id: 'mail' } },
];

function configured(options: HealthModuleOptions, environment: Record<string, string> = {}) {
  return configure(declared, options, environment);
}

const enabledOf = (options: HealthModuleOptions, environment?: Record<string, string>) =>
  configured(options, environment).options.map(({ enabled }) => enabled);

it('Configuration that is undefined for a check or group is not given, whether it is there or not', () => {
  const disk = [{ id: 'Disk#check', options: { name: 'disk' } }];
  const given = { checks: { disk: undefined, other: undefined }, groups: { deep: undefined } } as never;
  expect(configure(disk, given, {}).options).toEqual([{ name: 'disk' }]);
});

describe('configure', () => {
  it('leaves declarations as they are where nothing is said', () => {
    expect(configured({}).options).toEqual(declared.map(({ options }) => options));
  });

  it.each(['disk-space', 'Disk#check'])('finds a check by name or identity: %s', (name) => {
    expect(enabledOf({ checks: { [name]: { enabled: false } } })).toEqual([false, undefined, undefined]);
  });

  it('puts what it says over what was declared, and keeps the rest', () => {
    const { options } = configured({ checks: { 'Db#ping': { timeout: '2s', critical: false } } });
    expect(options[1]).toEqual({ groups: ['storage', 'deep'], timeout: '2s', critical: false });
  });

  it.each<[string, HealthModuleOptions]>([
    ['an option', { checks: { 'Db#ping': { timeout: undefined } } }],
    ['a check', { checks: { 'Db#ping': undefined as never } }],
    ['a check that is not there', { checks: { other: undefined as never } }],
    ['a group that is not there', { groups: { other: undefined as never } }],
  ])('leaves declarations as they are where %s is undefined', (_what, options) => {
    expect(configured(options).options).toEqual(declared.map((check) => check.options));
    expect(configured(options).options[1]).toHaveProperty('timeout', '1s');
  });

  it('adds checks to a group, by name or identity', () => {
    const { options } = configured({ groups: { deep: { include: ['mail', 'disk-space', 'Db#ping'] } } });
    expect(options.map(({ groups }) => groups)).toEqual([['storage', 'deep'], ['storage', 'deep'], ['deep']]);
  });

  it('switches a whole group off, and one of its checks on again', () => {
    const groups = { storage: { enabled: false } };
    expect(enabledOf({ groups })).toEqual([false, false, undefined]);
    expect(enabledOf({ groups, checks: { 'Db#ping': { enabled: true } } })).toEqual([false, true, undefined]);
  });

  it.each([
    ['HEALTH_CHECK_DISK_SPACE_ENABLED', [false, undefined, undefined]],
    ['HEALTH_CHECK_DISK_CHECK_ENABLED', [false, undefined, undefined]],
    ['HEALTH_CHECK_MAIL_ENABLED', [undefined, undefined, false]],
  ])('lets the environment have the last word: %s', (variable, expected) => {
    expect(enabledOf({}, { [variable]: 'false' })).toEqual(expected);
    expect(
      enabledOf(
        { checks: { mail: { enabled: true }, 'disk-space': { enabled: true } } },
        { [variable]: 'false' },
      ),
    ).toContain(false);
  });

  it('returns the variables that name no check, and what was meant if any is close', () => {
    const environment = {
      HEALTH_CHECK_DISC_SPACE_ENABLED: 'false',
      HEALTH_CHECK_QUEUE_ENABLED: 'false',
      PATH: '/bin',
      HEALTH_CHECK_ENABLED: 'x',
    };
    expect(configured({}, environment).unmatched).toEqual([
      {
        variable: 'HEALTH_CHECK_DISC_SPACE_ENABLED',
        advice: 'did you mean `HEALTH_CHECK_DISK_SPACE_ENABLED`?',
      },
      { variable: 'HEALTH_CHECK_QUEUE_ENABLED', advice: undefined },
    ]);
  });

  it.each<[string, HealthModuleOptions, RegExp]>([
    [
      'an unknown check',
      { checks: { disk: { enabled: false } } },
      /checks names "disk", but this app has no such check; it has disk-space, Db#ping, mail/,
    ],
    [
      'an unknown group',
      { groups: { storge: { enabled: false } } },
      /groups names "storge", but this app has no such group; it has storage, deep; did you mean `storage`\?/,
    ],
    [
      'an unknown check in a group',
      { groups: { deep: { include: ['disk'] } } },
      /groups.deep.include names "disk"/,
    ],
  ])('refuses %s, and says what there is', (_title, options, message) => {
    expect(() => configured(options)).toThrow(message);
  });

  it('refuses everything that is wrong at once', () => {
    const options = {
      checks: { disk: { enabled: false }, queue: {} },
      groups: { deep: { include: ['dbs'] }, storge: { enabled: false }, none: { include: ['x'] } },
    };
    const refused = () => configured(options, { HEALTH_CHECK_MAIL_ENABLED: 'no' });
    expect(refused).toThrow(
      /^HealthModule.forRoot: groups.deep.include names "dbs".*\n.*groups names "storge".*\n.*groups.none.include names "x".*\n.*checks names "disk".*\n.*checks names "queue".*\nHEALTH_CHECK_MAIL_ENABLED must be .*$/,
    );
  });

  it.each(['no', '', 'FALSE', '0'])('refuses the switch %j in the environment', (value) => {
    expect(() => configured({}, { HEALTH_CHECK_MAIL_ENABLED: value })).toThrow(
      /HEALTH_CHECK_MAIL_ENABLED must be true or false/,
    );
  });
});
