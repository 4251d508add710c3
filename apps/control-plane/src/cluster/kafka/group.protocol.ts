import { Reader, Writer } from '@platformatic/kafka';

/** The name of the way in which the members divide the partitions; members with another one cannot join. */
export const PROTOCOL = 'vitals-cooperative';
/** The type of groups whose members speak as `ConsumerProtocolSubscription.json` and `…Assignment.json` of Kafka say. */
export const PROTOCOL_TYPE = 'consumer';

/** The version of both messages, in which a subscription tells what its member holds. */
const VERSION = 1;

/** What a member tells the leader of its group. */
export interface Subscription {
  /** The id of the instance. */
  readonly instance: string;
  /** The generation by which it holds what it holds. */
  readonly generation: number;
  readonly held: readonly number[];
}

/** What the leader of a group tells a member. */
export interface Assignment {
  readonly partitions: readonly number[];
  /** Ids of the instances that are members. */
  readonly instances: readonly string[];
}

/** A subscription to a topic, as the group carries it. */
export function encodeSubscription(topic: string, { instance, generation, held }: Subscription): Buffer {
  const writer = Writer.create()
    .appendInt16(VERSION)
    .appendArray([topic], (w, name) => w.appendString(name, false), false, false)
    .appendBytes(Buffer.from(JSON.stringify({ instance, generation })), false);
  return appendPartitions(writer, topic, held).buffer;
}

/** Reads a subscription; of one that is not Vitals's it knows no instance, and that it holds nothing. */
export function decodeSubscription(bytes: Buffer | null): Subscription {
  try {
    const reader = Reader.from(bytes ?? Buffer.alloc(0));
    const version = reader.readInt16();
    reader.readArray((r) => r.readString(false), false, false);
    const { instance, generation } = JSON.parse(String(reader.readNullableBytes(false)));
    return { instance, generation, held: version < 1 ? [] : readPartitions(reader) };
  } catch {
    return { instance: '', generation: -1, held: [] };
  }
}

/** An assignment of partitions of a topic, as the group carries it. */
export function encodeAssignment(topic: string, { partitions, instances }: Assignment): Buffer {
  const writer = appendPartitions(Writer.create().appendInt16(VERSION), topic, partitions);
  return writer.appendBytes(Buffer.from(JSON.stringify({ instances })), false).buffer;
}

/** Reads an assignment; an empty one is of a member that gets nothing. */
export function decodeAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return { partitions: [], instances: [] };
  const reader = Reader.from(bytes);
  reader.readInt16();
  const partitions = readPartitions(reader);
  const { instances } = JSON.parse(String(reader.readNullableBytes(false)));
  return { partitions, instances };
}

function appendPartitions(writer: Writer, topic: string, partitions: readonly number[]): Writer {
  return writer.appendArray(
    [topic],
    (w, name) => {
      w.appendString(name, false);
      w.appendArray([...partitions], (each, partition) => each.appendInt32(partition), false, false);
    },
    false,
    false,
  );
}

function readPartitions(reader: Reader): number[] {
  const topics = reader.readArray(
    (r) => {
      r.readString(false);
      return r.readArray((each) => each.readInt32(), false, false);
    },
    false,
    false,
  );
  return topics.flat();
}
