const shared = new WeakSet<Buffer>();

/** Marks bytes that are in memory for good, and that many answers are sent from without a copy. Returns them. */
export function shareBytes(bytes: Buffer): Buffer {
  shared.add(bytes);
  return bytes;
}

/** Whether bytes were marked: an answer of them costs no more than its connection. */
export function areShared(bytes: Buffer): boolean {
  return shared.has(bytes);
}
