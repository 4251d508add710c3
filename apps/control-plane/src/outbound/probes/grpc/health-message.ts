/** What a server says of a service; the place in the list is its number on the wire: grpc.health.v1. */
export const SERVING_STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** One of `SERVING_STATUSES`. */
export type ServingStatus = (typeof SERVING_STATUSES)[number];

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MAX_VARINT = 10;

/** Bytes before each message of gRPC: whether it is compressed, and its length. */
export const FRAME_HEADER_BYTES = 5;

/** `HealthCheckRequest` as protobuf, with the header of a gRPC message, which says that it is not compressed. */
export function frameCheckRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.from([(1 << 3) | BYTES]), varint(name.length), name]);
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/**
 * Reads `HealthCheckResponse` with its gRPC header; unknown fields are skipped, a status without a name is `UNKNOWN`.
 * @returns `undefined` if it is no such message, or not complete
 */
export function readCheckResponse(frame: Buffer): ServingStatus | undefined {
  if (frame.length < FRAME_HEADER_BYTES || frame[0] !== 0) return undefined;
  const message = frame.subarray(FRAME_HEADER_BYTES);
  return message.length === frame.readUInt32BE(1) ? statusIn(message) : undefined;
}

function statusIn(message: Buffer): ServingStatus | undefined {
  let number = 0n;
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at);
    const value = tag && readVarint(message, tag.end);
    const wireType = Number((tag?.value ?? 0n) & 7n);
    if (!tag) return undefined;
    if (wireType === FIXED64 || wireType === FIXED32) at = tag.end + (wireType === FIXED64 ? 8 : 4);
    else if (!value) return undefined;
    else if (wireType === VARINT) at = value.end;
    else if (wireType === BYTES) at = value.end + Number(value.value);
    else return undefined;
    if (at > message.length) return undefined;
    if (wireType === VARINT && tag.value >> 3n === 1n && value) number = value.value;
  }
  return SERVING_STATUSES[Number(BigInt.asIntN(32, number))] ?? 'UNKNOWN';
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function readVarint(
  bytes: Buffer,
  from: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let index = 0; index < MAX_VARINT; index++) {
    const byte = bytes[from + index];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: from + index + 1 };
  }
  return undefined;
}
