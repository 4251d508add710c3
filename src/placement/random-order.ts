import { mix32 } from '../hash.js';

const BITS = 21;
const HALF = Math.ceil(BITS / 2);
const MASK = 2 ** BITS - 1;

/** The rest of a hash decides between the few names that share a position. */
const FINE_BITS = 32 - BITS;
const FINE_MASK = 2 ** FINE_BITS - 1;

/** How many positions there are: so many that few names of a large fleet share one. */
export const POSITIONS = 2 ** BITS;

/** The position of a hash, the same under every seed. */
export function positionOf(hash: number): number {
  return hash >>> FINE_BITS;
}

/**
 * The order in which one seed draws names. Positions are drawn one after the other: each has one place, each
 * place one position, and both can be computed from the other, so that the first names of an order are found
 * without a look at all of them. Rounds of exclusive or, multiplication by an odd number, and a shift by half
 * the width can be undone one by one.
 */
export class RandomOrder {
  private readonly key: number;
  private readonly fineKey: number;
  private readonly factor: number;
  private readonly inverse: number;

  constructor(seed: number) {
    this.key = mix32(seed) & MASK;
    this.fineKey = mix32(~seed) & FINE_MASK;
    this.factor = (mix32(seed ^ 0x9e3779b9) & MASK) | 1;
    this.inverse = inverseOf(this.factor);
  }

  /** When a hash is drawn, from 0 to 2³² − 1: by the place of its position, and at one position by the rest. */
  turnOf(hash: number): number {
    const fine = (hash & FINE_MASK) ^ this.fineKey;
    return ((this.placeOf(hash >>> FINE_BITS) << FINE_BITS) | fine) >>> 0;
  }

  /** Above 0, and 1 for what is drawn first. */
  scoreOf(hash: number): number {
    return 1 - this.turnOf(hash) / 2 ** 32;
  }

  /** When a position is drawn: 0 is first. */
  placeOf(position: number): number {
    let place = Math.imul(position ^ this.key, this.factor) & MASK;
    place ^= place >>> HALF;
    place = Math.imul(place ^ this.key, this.factor) & MASK;
    return place ^ (place >>> HALF);
  }

  /** Which position is drawn at a place. */
  positionAt(place: number): number {
    let position = place ^ (place >>> HALF);
    position = (Math.imul(position, this.inverse) & MASK) ^ this.key;
    position ^= position >>> HALF;
    return (Math.imul(position, this.inverse) & MASK) ^ this.key;
  }
}

/** The number by which an odd one has to be multiplied to give 1, modulo 2 ** BITS, by Newton's iteration. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let correctBits = 3; correctBits < BITS; correctBits *= 2) {
    inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  }
  return inverse & MASK;
}
