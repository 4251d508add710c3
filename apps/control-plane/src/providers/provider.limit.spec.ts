import { TestPlane } from '../../test/test-plane.js';
import { RegistrationService } from './registration.service.js';

async function limitOf(maxProviders: number, registered: readonly string[]): Promise<RegistrationService> {
  const plane = await TestPlane.start({ settings: { maxProviders } });
  for (const name of registered) {
    const registration = { name, endpoint: 'http://a', service_type: 'vm', schema_version: 'v1' };
    const terms = { withToken: false, onlyNew: false };
    await plane.done(plane.get(RegistrationService).register(registration, terms));
  }
  return plane.get(RegistrationService);
}

describe('The limit of providers', () => {
  it('has room for a name while fewer are registered than may be', async () => {
    const limit = await limitOf(2, ['a']);
    expect(() => limit.assertRoomFor('b')).not.toThrow();
  });

  it('refuses a new name beyond, says which setting it is, and that a later try may help', async () => {
    const limit = await limitOf(2, ['a', 'b']);
    expect(() => limit.assertRoomFor('c')).toThrow(
      expect.objectContaining({
        code: 'overloaded',
        retryable: true,
        message: expect.stringContaining('VITALS_MAX_PROVIDERS'),
      }),
    );
  });

  it('lets those that are registered register again', async () => {
    const limit = await limitOf(2, ['a', 'b']);
    expect(() => limit.assertRoomFor('b')).not.toThrow();
  });
});
