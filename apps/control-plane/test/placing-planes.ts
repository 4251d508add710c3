import { PlacementModule } from '../src/placement/placement.module.js';
import { RESERVATIONS } from '../src/placement/reservation.rows.js';
import { ReservationsService } from '../src/placement/reservations.service.js';
import { type JoinedPlane, JoinedPlanes } from './joined-planes.js';

/** What every provider of the planes has. */
export const CORES = 4;
/** How long a reservation is held, in milliseconds. */
export const TTL_MS = 2_000;

/** Two control planes that place on the same providers. */
export class PlacingPlanes extends JoinedPlanes {
  static async two(): Promise<PlacingPlanes> {
    const planes = new PlacingPlanes([PlacementModule]);
    await planes.join();
    await planes.join();
    // both are in step by then
    await planes.pass(30);
    return planes;
  }

  /** Providers that both may place on. */
  async ready(...names: string[]): Promise<void> {
    for (const name of names) await this.all[0]?.register(name, CORES);
    await this.follow();
    for (const plane of this.all) for (const name of names) plane.hear(name);
  }

  /** The reservations that are durable. */
  rows() {
    return this.store.rows(RESERVATIONS);
  }
}

/** The reservations of one of them. */
export const of = ({ plane }: JoinedPlane): ReservationsService => plane.get(ReservationsService);

/** Holds so many cores. */
export function reserve(on: JoinedPlane, cpu = CORES) {
  const requirement = { resources: { cpu }, capabilities: [], labels: [] };
  return of(on).reserve(requirement, { strategy: 'pack', seed: 0 }, TTL_MS);
}
