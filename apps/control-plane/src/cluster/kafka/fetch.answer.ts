import { createAPI, fetchV13, IS_CONTROL, Reader, readRecordsBatch } from '@platformatic/kafka';
import type { ReadRecord } from '../cluster-log.js';

/** Records that were appended together, as a broker keeps them. */
export interface FetchedBatch {
  /** Offset of the first record, which may be below what was asked for. */
  readonly first: number;
  /** The offset after the last one. */
  readonly next: number;
  /** `undefined` for a batch that this process cannot read: compressed in a way that it does not know, or broken. */
  readonly records: readonly ReadRecord[] | undefined;
}

/** The answer to a fetch, for one partition. */
export interface FetchedPartition {
  readonly partition: number;
  /** 0, or an error code of the protocol: then there are no batches. */
  readonly code: number;
  /** The offset after the last record that all replicas have. */
  readonly end: number;
  readonly batches: readonly FetchedBatch[];
}

/** Bytes of a batch up to its length, which counts from there. */
const HEAD_BYTES = 12;
const LENGTH_AT = 8;
const LAST_DELTA_AT = 23;

/**
 * Fetch, version 13. The client's own reading of the answer gives up the whole answer when one batch of one partition
 * cannot be read, and what lies behind it could never be reached.
 */
export const fetchBatches = {
  api: createAPI<Parameters<typeof fetchV13.createRequest>, FetchedPartition[]>(
    1,
    13,
    fetchV13.createRequest,
    (_correlation, _key, _version, reader) => readAnswer(reader),
  ),
};

function readAnswer(reader: Reader): FetchedPartition[] {
  reader.readInt32(); // throttling, which the broker does by itself
  const code = reader.readInt16();
  reader.readInt32(); // no session
  const topics = reader.readArray((topic) => {
    topic.readUUID();
    return topic.readArray((fields) => readPartition(fields, code));
  });
  return topics.flat();
}

function readPartition(fields: Reader, codeOfAll: number): FetchedPartition {
  const partition = fields.readInt32();
  const code = fields.readInt16() || codeOfAll;
  const end = Number(fields.readInt64());
  fields.readInt64();
  fields.readInt64();
  fields.readNullableArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  fields.readInt32();
  const size = Math.max(fields.readUnsignedVarInt() - 1, 0);
  const bytes = fields.buffer.slice(fields.position, fields.position + size);
  fields.skip(size);
  return { partition, code, end, batches: batchesIn(bytes) };
}

/** The last batch may be cut off, and is left for the next fetch. */
function batchesIn(bytes: Buffer): FetchedBatch[] {
  const batches: FetchedBatch[] = [];
  let start = 0;
  while (start + LAST_DELTA_AT + 4 <= bytes.length) {
    const stop = start + HEAD_BYTES + bytes.readInt32BE(start + LENGTH_AT);
    if (stop > bytes.length || stop <= start) break;
    const first = Number(bytes.readBigInt64BE(start));
    const next = first + bytes.readInt32BE(start + LAST_DELTA_AT) + 1;
    batches.push({ first, next, records: recordsOf(bytes.subarray(start, stop), first) });
    start = stop;
  }
  return batches;
}

function recordsOf(batch: Buffer, first: number): readonly ReadRecord[] | undefined {
  try {
    const { attributes, records } = readRecordsBatch(Reader.from(batch));
    if (attributes & IS_CONTROL) return [];
    return records.map(({ offsetDelta, key, value }) => ({
      offset: first + offsetDelta,
      key: key ?? undefined,
      value: value ?? undefined,
    }));
  } catch {
    return undefined;
  }
}
