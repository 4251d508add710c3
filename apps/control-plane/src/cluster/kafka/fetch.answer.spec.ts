import * as zlib from 'node:zlib';
import { crc32c, createRecordsBatch, Reader, Writer } from '@platformatic/kafka';
import { fetchBatches, type FetchedPartition } from './fetch.answer.js';

/** Where the fields of a batch lie, and where its records begin. */
const [OFFSET, LENGTH, CRC, ATTRIBUTES, RECORDS] = [0, 8, 17, 21, 61];
const ZSTD = 4;

function batch(offset: number, ...values: (string | undefined)[]): Buffer {
  const messages = values.map((value) => ({
    topic: 't',
    key: Buffer.from('k'),
    value: (value === undefined ? undefined : Buffer.from(value)) as Buffer,
  }));
  const bytes = Buffer.from(createRecordsBatch(messages).buffer);
  bytes.writeBigInt64BE(BigInt(offset), OFFSET);
  return bytes;
}

/** The batch as if zstd had compressed it: a frame may contain its content as it is (RFC 8878 section 3.1.1.2.2). */
function zstd(plain: Buffer): Buffer {
  const content = plain.subarray(RECORDS);
  const block = (content.length << 3) | 1;
  const frame = [
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0x20,
    content.length,
    block & 0xff,
    (block >> 8) & 0xff,
    block >> 16,
  ];
  const bytes = Buffer.concat([plain.subarray(0, RECORDS), Buffer.from(frame), content]);
  bytes.writeInt32BE(bytes.length - 12, LENGTH);
  bytes.writeInt16BE(ZSTD, ATTRIBUTES);
  bytes.writeUInt32BE(crc32c(bytes.subarray(ATTRIBUTES)), CRC);
  return bytes;
}

/** An answer of version 13, with the partitions of one topic. */
function answer(...partitions: { code?: number; end?: number; records?: Buffer }[]): Reader {
  const writer = Writer.create()
    .appendInt32(0)
    .appendInt16(0)
    .appendInt32(0)
    .appendArray([partitions], (topic, listed) => {
      topic.appendUUID('00000000-0000-0000-0000-000000000007');
      topic.appendArray(listed, (w, { code = 0, end = 0, records = Buffer.alloc(0) }, index) => {
        w.appendInt32(index)
          .appendInt16(code)
          .appendInt64(BigInt(end))
          .appendInt64(BigInt(end))
          .appendInt64(0n);
        w.appendArray([], () => undefined).appendInt32(-1);
        w.appendUnsignedVarInt(records.length + 1).append(records);
      });
    })
    .appendTaggedFields();
  return Reader.from(writer.buffer);
}

/** As the client reads it, from a connection that was sent the answer. */
async function read(reader: Reader): Promise<FetchedPartition[]> {
  let parse: ((...given: unknown[]) => FetchedPartition[]) | undefined;
  const connection = { send: (...given: unknown[]) => (parse = given[3] as typeof parse) };
  fetchBatches.api(connection as never, 0, 0, 0, 0, 0, 0, [], [], '');
  return parse!(1, 1, 13, reader);
}

const valuesOf = ({ batches }: FetchedPartition): unknown[] =>
  batches.map(({ first, next, records }) => [
    first,
    next,
    records?.map(({ offset, value }) => `${offset}:${String(value)}`),
  ]);

describe('The answer to a fetch', () => {
  it('is read batch by batch, with a tombstone and the end of the partition', async () => {
    const records = Buffer.concat([batch(5, 'a', undefined), batch(9, 'b')]);
    const [partition] = await read(answer({ end: 10, records }));
    expect(partition).toMatchObject({ partition: 0, code: 0, end: 10 });
    expect(valuesOf(partition!)).toEqual([
      [5, 7, ['5:a', '6:undefined']],
      [9, 10, ['9:b']],
    ]);
  });

  it('tells which partition failed, and gives the others', async () => {
    const found = await read(answer({ code: 6 }, { end: 1, records: batch(0, 'a') }));
    expect(found.map(({ code }) => code)).toEqual([6, 0]);
    expect(valuesOf(found[1]!)).toEqual([[0, 1, ['0:a']]]);
  });

  it('leaves a batch that is cut off for the next time', async () => {
    const records = Buffer.concat([batch(0, 'a'), batch(1, 'b').subarray(0, -1)]);
    expect(valuesOf((await read(answer({ end: 2, records })))[0]!)).toEqual([[0, 1, ['0:a']]]);
  });

  it('knows of a batch that is broken where the next one begins', async () => {
    const broken = batch(1, 'b', 'c');
    broken.fill(0xff, RECORDS);
    const records = Buffer.concat([batch(0, 'a'), broken, batch(3, 'd')]);
    expect(valuesOf((await read(answer({ end: 4, records })))[0]!)).toEqual([
      [0, 1, ['0:a']],
      [1, 3, undefined],
      [3, 4, ['3:d']],
    ]);
  });

  it('knows the same of one that is compressed in a way that this process does not know', async () => {
    const records = Buffer.concat([zstd(batch(1, 'b')), batch(2, 'c')]);
    const isKnown = 'zstdDecompressSync' in zlib;
    expect(valuesOf((await read(answer({ end: 3, records })))[0]!)).toEqual([
      [1, 2, isKnown ? ['1:b'] : undefined],
      [2, 3, ['2:c']],
    ]);
  });
});
