import { type Capacity, RESOURCES } from '../capacity.js';
import { hasBit } from './facets/posting.js';
import { sketchOf } from './ordered/sketch.js';
import { type Slots, WIDTH } from './slots.js';

/** What a query lets through: the slots that were selected and have enough of every resource. */
export class Sieve {
  /** How much is needed of each resource, and the sketches of that. */
  private readonly needed = new Float64Array(WIDTH);
  readonly cpuAndMemory: number;
  readonly storageAndNode: number;
  private readonly free: Float64Array;

  /** @param bits the selected slots; all if there are none */
  constructor(
    slots: Slots<{ readonly name: string }>,
    resources: Capacity,
    private readonly bits?: Uint32Array,
  ) {
    this.free = slots.free;
    RESOURCES.forEach((resource, column) => (this.needed[column] = resources[resource] ?? 0));
    const { cpu = 0, memory = 0, storage = 0, node = 0 } = resources;
    this.cpuAndMemory = sketchOf(cpu, memory);
    this.storageAndNode = sketchOf(storage, node);
  }

  passes(slot: number): boolean {
    if (this.bits !== undefined && !hasBit(this.bits, slot)) return false;
    const { free, needed } = this;
    for (let column = 0, at = slot * WIDTH; column < WIDTH; column++, at++) {
      if ((free[at] as number) < (needed[column] as number)) return false;
    }
    return true;
  }
}
