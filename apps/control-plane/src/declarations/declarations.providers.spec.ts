import { DeclarationsFixture, provider } from '../../test/checks/declarations-fixture.js';

let fixture: DeclarationsFixture;

beforeEach(async () => {
  fixture = await DeclarationsFixture.start();
});

const own = { name: 'vm-1', endpoint: 'http://10.9.9.9', service_type: 'vm', schema_version: 'v1' };

function registerItself(): Promise<unknown> {
  return fixture.done(fixture.registrations.register(own, { withToken: false, onlyNew: false }));
}

describe('Declared providers', () => {
  it('are registered again only when something else is declared', async () => {
    await fixture.apply({
      providers: [provider('vm-1', { metadata: { zone: 'z1', rack: { b: 1, a: -0 } } })],
    });
    await fixture.apply({
      providers: [provider('vm-1', { metadata: { rack: { a: 0, b: 1 }, zone: 'z1' } })],
    });
    expect(fixture.providers.get('vm-1').generation).toBe(1);
    const { change } = await fixture.apply({ providers: [provider('vm-1', { metadata: { zone: 'z2' } })] });
    expect(change[0]?.fields).toEqual([
      { pointer: '/metadata/rack', from: { b: 1, a: 0 } },
      { pointer: '/metadata/zone', from: 'z1', to: 'z2' },
    ]);
    expect(fixture.providers.get('vm-1')).toMatchObject({ generation: 2, zone: 'z2' });
  });

  it('stay when they are declared no longer', async () => {
    await fixture.apply({ providers: [provider('vm-1')] });
    expect(await fixture.apply({ providers: [] })).toMatchObject({ remove: [], change: [] });
    expect(fixture.providers.find('vm-1')).toBeDefined();
  });

  it('that registered themselves keep what they said, before and after', async () => {
    await registerItself();
    const fields = [{ pointer: '/endpoint', from: 'http://10.9.9.9', to: 'http://10.0.0.9' }];
    const kept = [{ kind: 'provider', id: 'vm-1', fields }];
    expect(await fixture.apply({ providers: [provider('vm-1')] })).toMatchObject({
      kept,
      change: [],
      unchanged: 0,
    });
    expect(fixture.providers.get('vm-1')).toMatchObject({ generation: 1, endpoint: 'http://10.9.9.9' });
    await fixture.apply({ providers: [provider('vm-2')] });
    await fixture.done(
      fixture.registrations.register({ ...own, name: 'vm-2' }, { withToken: false, onlyNew: false }),
    );
    expect((await fixture.apply({ providers: [provider('vm-2')] })).kept).toHaveLength(1);
    expect(fixture.providers.get('vm-2').generation).toBe(2);
  });

  it('are cordoned and put back as the file says, and left to operators where it says nothing', async () => {
    await registerItself();
    await fixture.apply({
      providers: [provider('vm-1', { cordoned: true }), provider('vm-2', { cordoned: true })],
    });
    expect(['vm-1', 'vm-2'].map((name) => fixture.providers.get(name).cordoned)).toEqual([true, true]);
    await fixture.apply({ providers: [provider('vm-1'), provider('vm-2', { cordoned: false })] });
    expect(['vm-1', 'vm-2'].map((name) => fixture.providers.get(name).cordoned)).toEqual([true, false]);
  });

  it('are refused with everything that is wrong with them', async () => {
    const providers = [
      { name: 'Vm', endpoint: 'nowhere', service_type: '', schema_version: 'v1', zone: 'z1' },
      provider('a', { cordoned: 'yes', metadata: { declared_by: 'me', resources: { total_cpu: 'many' } } }),
      provider('a'),
      'vm-3',
      null,
    ];
    const faults = await fixture.faultsOf({ providers: providers as object[] });
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      '/providers/0/endpoint',
      '/providers/0/service_type',
      '/providers/0/name',
      '/providers/0/zone',
      '/providers/1/cordoned',
      '/providers/1/metadata/resources/total_cpu',
      '/providers/1/metadata/declared_by',
      '/providers/3',
      '/providers/4',
    ]);
  });
});
