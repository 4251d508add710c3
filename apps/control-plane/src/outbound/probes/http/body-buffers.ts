/** Most bodies that are looked at fit into one; what is smaller than `MIN` costs less than to keep it. */
const KEPT_BYTES = 65_536;
const MIN_KEPT_BYTES = 4_096;
/** How many are kept while nobody uses them. */
const MAX_KEPT = 16;

/**
 * Memory for bodies that are being read, used again and again: thousands of buffers each second would have to be
 * collected, at more cost than the checks.
 */
class BodyBuffers {
  private readonly free: ArrayBufferLike[] = [];
  private readonly own = new WeakSet<ArrayBufferLike>();

  /** At least so many bytes, with whatever is in them. */
  take(bytes: number): Buffer {
    if (bytes < MIN_KEPT_BYTES || bytes > KEPT_BYTES) return Buffer.allocUnsafe(bytes);
    const memory = this.free.pop() ?? Buffer.allocUnsafeSlow(KEPT_BYTES).buffer;
    this.own.add(memory);
    return Buffer.from(memory);
  }

  /** Takes back one that nothing refers to any more, also through a view. */
  giveBack(buffer: Buffer): void {
    // what is given back twice would be two bodies at once
    if (this.own.delete(buffer.buffer) && this.free.length < MAX_KEPT) this.free.push(buffer.buffer);
  }
}

/** Those of this process. */
export const bodyBuffers = new BodyBuffers();
