import { ProviderLimit } from './provider.limit.js';

function limitOf(maxProviders: number, registered: readonly string[]): ProviderLimit {
  const directory = {
    size: registered.length,
    find: (name: string) => (registered.includes(name) ? {} : undefined),
  };
  return new ProviderLimit({ maxProviders } as never, directory as never);
}

describe('ProviderLimit', () => {
  it('has room for a name while fewer are registered than may be', () => {
    expect(() => limitOf(2, ['a']).assertRoomFor('b')).not.toThrow();
  });

  it('refuses a new name beyond, says which setting it is, and that a later try may help', () => {
    expect(() => limitOf(2, ['a', 'b']).assertRoomFor('c')).toThrow(
      expect.objectContaining({
        code: 'overloaded',
        retryable: true,
        message: expect.stringContaining('VITALS_MAX_PROVIDERS'),
      }),
    );
  });

  it('lets those that are registered register again', () => {
    expect(() => limitOf(2, ['a', 'b']).assertRoomFor('b')).not.toThrow();
  });
});
