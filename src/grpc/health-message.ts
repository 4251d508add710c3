import { VitalsError } from '../errors.js';

/** What `grpc.health.v1` says of a service; the place in the list is its number on the wire. */
export const SERVING_STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** One of `SERVING_STATUSES`. */
export type ServingStatus = (typeof SERVING_STATUSES)[number];

/** Which service is asked about; `""` is the whole app. */
export interface HealthCheckRequest {
  readonly service: string;
}

/** The answer of `Check`, and each message of `Watch`. */
export interface HealthCheckResponse {
  readonly status: ServingStatus;
}

/** The answer of `List`, by service. */
export interface HealthListResponse {
  readonly statuses: ReadonlyMap<string, ServingStatus>;
}

type WireValue = bigint | Uint8Array | undefined;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;
const MAX_VARINT = 10;
const MAX_GROUP_DEPTH = 100;
const MAX_TAG = 0xffff_ffffn;

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Codes `HealthCheckRequest` as protobuf (proto3). */
export function encodeCheckRequest({ service }: HealthCheckRequest): Buffer {
  return service === '' ? Buffer.alloc(0) : bytesField(1, Buffer.from(service));
}

/** @throws VitalsError `request-invalid` if the bytes are no such message; unknown fields are skipped */
export function decodeCheckRequest(bytes: Uint8Array): HealthCheckRequest {
  let service = '';
  for (const [field, value] of fields(bytes)) {
    if (field === 1 && value instanceof Uint8Array) service = decodeText(value);
  }
  return { service };
}

/** Codes `HealthCheckResponse` as protobuf (proto3). */
export function encodeCheckResponse({ status }: HealthCheckResponse): Buffer {
  const number = SERVING_STATUSES.indexOf(status);
  return number === 0 ? Buffer.alloc(0) : Buffer.from([(1 << 3) | VARINT, number]);
}

/**
 * A status that has no name here is `UNKNOWN`.
 * @throws VitalsError `request-invalid` if the bytes are no such message; unknown fields are skipped
 */
export function decodeCheckResponse(bytes: Uint8Array): HealthCheckResponse {
  let number = 0;
  for (const [field, value] of fields(bytes)) {
    if (field === 1 && typeof value === 'bigint') number = Number(BigInt.asIntN(32, value));
  }
  return { status: SERVING_STATUSES[number] ?? 'UNKNOWN' };
}

/** Codes a message without fields: `HealthListRequest`, and both of Dapr's app health. */
export function encodeEmpty(): Buffer {
  return Buffer.alloc(0);
}

/** @throws VitalsError `request-invalid` if the bytes are no protobuf message */
export function decodeEmpty(bytes: Uint8Array): object {
  for (const _ of fields(bytes));
  return {};
}

/** Codes `HealthListResponse` as protobuf (proto3), in the order of the map. */
export function encodeListResponse({ statuses }: HealthListResponse): Buffer {
  const entries = [...statuses].map(([service, status]) => {
    const key = bytesField(1, Buffer.from(service));
    return bytesField(1, Buffer.concat([key, bytesField(2, encodeCheckResponse({ status }))]));
  });
  return Buffer.concat(entries);
}

/**
 * The last of several entries for a service counts.
 * @throws VitalsError `request-invalid` if the bytes are no such message; unknown fields are skipped
 */
export function decodeListResponse(bytes: Uint8Array): HealthListResponse {
  const statuses = new Map<string, ServingStatus>();
  for (const [field, value] of fields(bytes)) {
    if (field !== 1 || !(value instanceof Uint8Array)) continue;
    let service = '';
    let status: ServingStatus = 'UNKNOWN';
    for (const [part, inner] of fields(value)) {
      if (part === 1 && inner instanceof Uint8Array) service = decodeText(inner);
      if (part === 2 && inner instanceof Uint8Array) ({ status } = decodeCheckResponse(inner));
    }
    statuses.set(service, status);
  }
  return { statuses };
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  const head = [(field << 3) | BYTES];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>>= 7) head.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, rest]), bytes]);
}

/** Fields in the order of the wire; those of a group and fixed-width ones have no value that is meant here. */
function* fields(bytes: Uint8Array): Generator<[field: number, value: WireValue]> {
  const reader = new WireReader(bytes);
  while (!reader.atEnd()) {
    const tag = reader.tag();
    yield [tag.field, reader.value(tag)];
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    return malformed('a string is not UTF-8');
  }
}

function malformed(why: string): never {
  throw new VitalsError('request-invalid', `malformed health message: ${why}`);
}

interface Tag {
  readonly field: number;
  readonly wireType: number;
}

/** Reads the protobuf wire format: https://protobuf.dev/programming-guides/encoding/. */
class WireReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  tag(): Tag {
    const tag = this.varint();
    if (tag > MAX_TAG || tag < 8n) malformed('a field number is out of range');
    return { field: Number(tag >> 3n), wireType: Number(tag & 7n) };
  }

  value({ field, wireType }: Tag, depth = 0): WireValue {
    if (wireType === VARINT) return this.varint();
    if (wireType === BYTES) return this.take(this.varint());
    if (wireType === FIXED64) this.take(8n);
    else if (wireType === FIXED32) this.take(4n);
    else if (wireType === GROUP_START) this.skipGroup(field, depth + 1);
    else malformed(wireType === GROUP_END ? 'a group ends that did not begin' : 'a wire type is unknown');
    return undefined;
  }

  private skipGroup(field: number, depth: number): void {
    if (depth > MAX_GROUP_DEPTH) malformed('groups are nested too deeply');
    let tag = this.tag();
    for (; tag.wireType !== GROUP_END; tag = this.tag()) this.value(tag, depth);
    if (tag.field !== field) malformed('a group ends that did not begin');
  }

  private varint(): bigint {
    let value = 0n;
    for (let index = 0; index < MAX_VARINT; index++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return malformed('it ends within a number');
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return malformed('a number is longer than 64 bits');
  }

  private take(length: bigint): Uint8Array {
    if (length > BigInt(this.bytes.length - this.at)) malformed('it ends within a field');
    const from = this.at;
    this.at += Number(length);
    return this.bytes.subarray(from, this.at);
  }
}
