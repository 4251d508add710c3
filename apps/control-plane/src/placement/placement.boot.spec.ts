import { Logger } from '@nestjs/common';
import { MemoryDatabase } from '../../test/memory.database.js';
import { registered } from '../../test/registered-provider.js';
import { TestPlane } from '../../test/test-plane.js';
import { LEASES, PROVIDERS } from '../providers/provider.rows.js';
import { PlacementModule } from './placement.module.js';
import { PlacementService } from './placement.service.js';
import { RESERVATIONS } from './reservation.rows.js';

let store: MemoryDatabase;
let warned: string[];

beforeEach(() => {
  store = new MemoryDatabase();
  const { stored, info } = registered(1, 'a').payload;
  store.load(PROVIDERS, [{ ...stored, name: 'a', info, cordoned: false, drainRequested: false }]);
  store.load(LEASES, [
    { key: 1, advertisedMs: 0, availability: 'Unknown', stateSinceMs: 0, lastSequence: 0 },
  ]);
  warned = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => {
    if (/reservations/.test(String(line))) warned.push(String(line));
  });
});

function reserve(id: string, provider: string): void {
  const held = { resources: { cpu: 2 }, confirmed: true, expiresAtMs: 1, createdAtMs: 0 };
  store.load(RESERVATIONS, [{ id, provider, ...held, expiresPassedMs: 1 }]);
}

describe('Reservations of before a restart', () => {
  it('of providers that are not registered are dropped, from the database too, and that is said', async () => {
    reserve('r', 'a');
    reserve('s', 'gone');
    reserve('t', 'gone');
    reserve('u', 'away');
    const { placement } = (await TestPlane.start({ modules: [PlacementModule], store })).get(
      PlacementService,
    );
    expect([placement.reservations, placement.reservation('r')?.state]).toEqual([1, 'confirmed']);
    expect(store.rows(RESERVATIONS).map(({ id }) => id)).toEqual(['r']);
    expect(warned).toEqual([
      'reservations dropped because their providers are not registered (gone, away): 3',
    ]);
  });

  it('are as they were if all their providers are registered, and nothing is written or said', async () => {
    reserve('r', 'a');
    await TestPlane.start({ modules: [PlacementModule], store });
    expect([store.rows(RESERVATIONS).length, store.attempts, warned]).toEqual([1, 0, []]);
  });
});
