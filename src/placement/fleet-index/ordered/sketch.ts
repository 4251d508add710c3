/**
 * A sketch: two amounts in one word of 32 bits, each as the upper half of a 32-bit float. Amounts are not
 * negative, so a greater amount never has the lesser half, and the top bit of each half is free: it takes the
 * borrow when both halves of two sketches are compared by one subtraction.
 */
const TOP_BITS = 0x80008000 | 0;

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The sketch of two amounts. */
export function sketchOf(one: number, other: number): number {
  float[0] = one;
  const upper = (word[0] as number) & 0xffff0000;
  float[0] = other;
  return upper | ((word[0] as number) >>> 16);
}

/** Whether both amounts of both sketches may be as much as is needed; false only if one surely is not. */
export function mayCover(one: number, other: number, neededOne: number, neededOther: number): boolean {
  return (((one | TOP_BITS) - neededOne) & ((other | TOP_BITS) - neededOther) & TOP_BITS) === TOP_BITS;
}

/** The greater of each of the two amounts. */
export function greaterOf(a: number, b: number): number {
  return Math.max(a & 0xffff0000, b & 0xffff0000) | Math.max(a & 0xffff, b & 0xffff);
}
