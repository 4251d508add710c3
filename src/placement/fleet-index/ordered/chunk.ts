import type { Sieve } from '../sieve.js';
import { type Slots, WIDTH } from '../slots.js';
import { greaterOf, mayCover, sketchOf } from './sketch.js';

/** Slots that a chunk has room for: a search halves it seven times, an insertion shifts a few cache lines. */
export const CHUNK_ROOM = 128;

type AnySlots = Slots<{ readonly name: string }>;

/**
 * A run of slots in their order, with sketches of what they have free side by side, so that passing over those
 * that have too little costs little more than reading memory from one end to the other.
 */
export class Chunk {
  size = 0;
  private readonly slots = new Int32Array(CHUNK_ROOM);
  private readonly cpuAndMemory = new Int32Array(CHUNK_ROOM);
  private readonly storageAndNode = new Int32Array(CHUNK_ROOM);
  /** The most that any of them has free; too much only while `stale`. */
  private mostCpuAndMemory = 0;
  private mostStorageAndNode = 0;
  private stale = false;

  constructor(private readonly all: AnySlots) {}

  get last(): number {
    return this.at(this.size - 1);
  }

  at(index: number): number {
    return this.slots[index] as number;
  }

  insert(slot: number): void {
    const place = this.placeOf(slot);
    this.move(place, place + 1);
    this.slots[place] = slot;
    this.size++;
    this.sketch(slot, place);
  }

  /** Takes out a slot that is in it, while the columns still say what they said when it was put in. */
  remove(slot: number): void {
    const place = this.placeOf(slot);
    this.move(place + 1, place);
    this.size--;
    this.stale = true;
  }

  /** Notes that the free amounts of one of its slots have changed. */
  refresh(slot: number): void {
    this.stale = true;
    this.sketch(slot, this.placeOf(slot));
  }

  /** Moves the upper half to a new chunk. */
  split(): Chunk {
    const upper = new Chunk(this.all);
    const half = this.size >>> 1;
    upper.take(this, half);
    this.size = half;
    this.stale = true;
    return upper;
  }

  /** Takes in all of the chunk that follows. */
  append(next: Chunk): void {
    this.take(next, 0);
  }

  /** Whether any of its slots may have enough. */
  mayPass(sieve: Sieve): boolean {
    if (!this.mostMayCover(sieve)) return false;
    if (!this.stale) return true;
    this.mostCpuAndMemory = 0;
    this.mostStorageAndNode = 0;
    for (let place = 0; place < this.size; place++) this.raise(place);
    this.stale = false;
    return this.mostMayCover(sieve);
  }

  /** The first place from `from` on, and before `to`, whose slot passes; `to` if none does. */
  nextPassing(from: number, to: number, sieve: Sieve): number {
    const { cpuAndMemory, storageAndNode } = this;
    const { cpuAndMemory: neededOne, storageAndNode: neededOther } = sieve;
    for (let place = from; place < to; place++) {
      const one = cpuAndMemory[place] as number;
      const other = storageAndNode[place] as number;
      if (mayCover(one, other, neededOne, neededOther) && sieve.passes(this.at(place))) return place;
    }
    return to;
  }

  /** The place after the last one before `end` whose slot passes; 0 if none does. */
  endOfPassing(end: number, sieve: Sieve): number {
    const { cpuAndMemory, storageAndNode } = this;
    const { cpuAndMemory: neededOne, storageAndNode: neededOther } = sieve;
    for (let place = end - 1; place >= 0; place--) {
      const one = cpuAndMemory[place] as number;
      const other = storageAndNode[place] as number;
      if (mayCover(one, other, neededOne, neededOther) && sieve.passes(this.at(place))) return place + 1;
    }
    return 0;
  }

  /** The place of a slot, or where it would have to go. */
  private placeOf(slot: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all.compareByShare(this.at(middle), slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private move(from: number, to: number): void {
    this.slots.copyWithin(to, from, this.size);
    this.cpuAndMemory.copyWithin(to, from, this.size);
    this.storageAndNode.copyWithin(to, from, this.size);
  }

  private take(other: Chunk, from: number): void {
    this.slots.set(other.slots.subarray(from, other.size), this.size);
    this.cpuAndMemory.set(other.cpuAndMemory.subarray(from, other.size), this.size);
    this.storageAndNode.set(other.storageAndNode.subarray(from, other.size), this.size);
    this.size += other.size - from;
    this.mostCpuAndMemory = greaterOf(this.mostCpuAndMemory, other.mostCpuAndMemory);
    this.mostStorageAndNode = greaterOf(this.mostStorageAndNode, other.mostStorageAndNode);
    this.stale = true;
  }

  private sketch(slot: number, place: number): void {
    const { free } = this.all;
    const at = slot * WIDTH;
    this.cpuAndMemory[place] = sketchOf(free[at] as number, free[at + 1] as number);
    this.storageAndNode[place] = sketchOf(free[at + 2] as number, free[at + 3] as number);
    this.raise(place);
  }

  private raise(place: number): void {
    this.mostCpuAndMemory = greaterOf(this.mostCpuAndMemory, this.cpuAndMemory[place] as number);
    this.mostStorageAndNode = greaterOf(this.mostStorageAndNode, this.storageAndNode[place] as number);
  }

  private mostMayCover({ cpuAndMemory, storageAndNode }: Sieve): boolean {
    return mayCover(this.mostCpuAndMemory, this.mostStorageAndNode, cpuAndMemory, storageAndNode);
  }
}
