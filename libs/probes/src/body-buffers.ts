/** Most bodies that are looked at fit into one; what is smaller than `MIN` costs less than to keep it. */
const KEPT_BYTES = 65_536;
const MIN_KEPT_BYTES = 4_096;
/** How many are kept while nobody uses them. */
const MAX_KEPT = 16;

/** What all bodies that are longer than `KEPT_BYTES` may take together, in bytes. */
export const MAX_LONG_BYTES = 64 * 1_024 * 1_024;

/** The code of the error where there is no room for a body: it says nothing about its server. */
export const NO_ROOM_FOR_BODY = 'ERR_NO_ROOM_FOR_BODY';

/**
 * Memory for bodies that are being read, used again and again: thousands of buffers each second would have to be
 * collected, at more cost than the checks. For a body of up to 64 KiB there is always room, for there are no more of
 * them than looks at a time; longer ones have a budget, so that servers which send long bodies slowly cannot take all
 * memory, nor keep others from being looked at.
 */
export class BodyBuffers {
  private readonly free: ArrayBufferLike[] = [];
  /** What was taken and not given back, but for small ones. */
  private readonly taken = new Set<ArrayBufferLike>();
  private longBytes = 0;

  constructor(private readonly maxLongBytes = MAX_LONG_BYTES) {}

  /** How many are taken and not given back, but for small ones. */
  get inUse(): number {
    return this.taken.size;
  }

  /**
   * At least so many bytes, with whatever is in them; whoever takes them gives them back.
   * @throws Error with the code `NO_ROOM_FOR_BODY`
   */
  take(bytes: number): Buffer {
    if (bytes < MIN_KEPT_BYTES) return Buffer.allocUnsafe(bytes);
    const memory = bytes > KEPT_BYTES ? this.long(bytes) : (this.free.pop() ?? allocated(KEPT_BYTES));
    this.taken.add(memory);
    return Buffer.from(memory);
  }

  /** Takes back one that nothing refers to any more, also through a view. */
  giveBack({ buffer: memory }: Buffer): void {
    // what is given back twice would be two bodies at once
    if (!this.taken.delete(memory)) return;
    if (memory.byteLength > KEPT_BYTES) this.longBytes -= memory.byteLength;
    else if (this.free.length < MAX_KEPT) this.free.push(memory);
  }

  private long(bytes: number): ArrayBufferLike {
    if (this.longBytes + bytes > this.maxLongBytes)
      throw Object.assign(new Error('there is no room for a body'), { code: NO_ROOM_FOR_BODY });
    this.longBytes += bytes;
    return allocated(bytes);
  }
}

function allocated(bytes: number): ArrayBufferLike {
  return Buffer.allocUnsafeSlow(bytes).buffer;
}

/** Those of this process. */
export const bodyBuffers = new BodyBuffers();
