import { type Access, type Addressed, assertAllowed } from './access.guard.js';
import type { Identity } from './caller.js';

const ADMIN: Identity = { kind: 'admin' };
const REGISTRATION: Identity = { kind: 'registration' };
const READER: Identity = { kind: 'read-only' };
const PROVIDER: Identity = { kind: 'provider', name: 'p1' };
const GATEWAY: Identity = { kind: 'gateway', names: ['p1', 'shop.*'] };

function may(identity: Identity, access: Access | undefined, request: Addressed): boolean {
  try {
    assertAllowed(identity, access, request);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' });
    return false;
  }
}

/** Who of all may pass, in this order: administrator, registration, reader, provider p1, gateway of p1 and shop.*. */
function who(access: Access | undefined, request: Addressed): boolean[] {
  return [ADMIN, REGISTRATION, READER, PROVIDER, GATEWAY].map((identity) => may(identity, access, request));
}

const [yes, no] = [true, false];

describe('assertAllowed', () => {
  it.each<[Access | undefined, Addressed, boolean[]]>([
    [undefined, { params: { name: 'p1' } }, [yes, no, no, no, no]],
    ['read', { params: { name: 'p1' } }, [yes, no, yes, yes, yes]],
    ['read', { params: { name: 'p2' } }, [yes, no, yes, no, no]],
    ['read', {}, [yes, no, yes, no, no]],
    ['speak', { params: { name: 'p1' } }, [yes, no, no, yes, yes]],
    ['speak', { body: { name: 'p1' }, params: { name: 'p2' } }, [yes, no, no, no, no]],
    ['register', { body: { name: 'p1' } }, [yes, yes, no, yes, no]],
    ['register', { body: { name: 'p2' } }, [yes, yes, no, no, no]],
    ['discover', {}, [yes, no, yes, no, yes]],
    ['lookup', {}, [yes, no, yes, no, yes]],
    ['serve', { body: { serviceId: 'shop.a' } }, [yes, no, no, no, yes]],
    ['serve', { query: { serviceId: 'Shop.A' } }, [yes, no, no, no, yes]],
    ['serve', { body: { id: 'shop.a|dev:http:10.0.0.7:80' } }, [yes, no, no, no, yes]],
    ['serve', { params: { id: 'shop.a:10.0.0.7:80' } }, [yes, no, no, no, yes]],
    ['serve', { params: { id: 'shop:10.0.0.7:80' } }, [yes, no, no, no, no]],
    ['serve', { body: { serviceId: 'shop.a' }, query: { serviceId: 'bank' } }, [yes, no, no, no, no]],
    ['serve', { body: { serviceId: 'shop.a', id: 'bank:http:a:1' } }, [yes, no, no, no, no]],
    ['serve', { query: { serviceId: ['shop.a', 'shop.b'] } }, [yes, no, no, no, no]],
    ['serve', { body: { id: 7 } }, [yes, no, no, no, no]],
    ['serve', { body: 'shop.a' }, [yes, no, no, no, no]],
    ['serve', { body: null }, [yes, no, no, no, no]],
    ['serve', {}, [yes, no, no, no, no]],
    ['serve', { body: { name: 'p1', serviceId: 'bank' } }, [yes, no, no, no, no]],
    ['register-service', { body: { serviceId: 'shop.a' } }, [yes, yes, no, no, yes]],
    ['register-service', { body: { serviceId: 'bank' } }, [yes, yes, no, no, no]],
  ])('opens to %p, for %j: %j', (access, request, outcome) => expect(who(access, request)).toEqual(outcome));

  it('opens lookups, and nothing else, to a visitor', () => {
    const opened = (
      ['read', 'speak', 'register', 'discover', 'lookup', 'serve', 'register-service', undefined] as const
    ).filter((access) => may({ kind: 'visitor' }, access, { params: { name: 'p1' } }));
    expect(opened).toEqual(['lookup']);
  });

  it('opens everything to everybody while authentication is off', () => {
    expect(may({ kind: 'anonymous' }, undefined, {})).toBe(true);
  });
});
