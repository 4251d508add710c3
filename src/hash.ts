/** 32 bits that stand for a text, well spread also for texts that are alike: FNV-1a (Fowler, Noll, Vo), mixed. */
export function hash32(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  }
  return mix32(bits);
}

/** Lets every bit depend on every other; the finaliser of MurmurHash3 (Appleby). */
export function mix32(state: number): number {
  let bits = state;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
