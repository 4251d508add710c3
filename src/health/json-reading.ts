import { failureReason } from './failure-reason.js';
import { redactPair, redactValue } from './json-secrets.js';
import { redactFact } from './redact.js';

/** A value as JSON has it; `undefined` is left out. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** How deep objects within objects are read. */
const MAX_DEPTH = 8;

/** How much of an object is read: members count 8, those without a value too, and what their text is long. */
const MAX_READ = 8_000;

/** How many bytes are shown. */
const MAX_BYTES = 64;

/** Stands for what is too deep, or one too many. */
const CUT = '…';

/**
 * Reads one value of any type as JSON that a person can read, redacted within objects. Never throws, whatever getters
 * do, and never reads more than a person would: 8 levels, and about 8,000 characters or 1,000 members.
 */
export class JsonReading {
  private readonly open: object[] = [];
  private left = MAX_READ;

  /** The value; for one value only. See `toAttribute` for what becomes of each type. */
  read(value: unknown): Json {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? value + 0 : String(value);
      case 'bigint':
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      case 'symbol':
        return String(value);
      case 'function':
        return this.attempt(() => `[function ${value.name}]`);
      case 'object':
        return value === null ? null : this.readObject(value);
      case 'string':
      case 'boolean':
      case 'undefined':
        return value;
    }
  }

  private readObject(value: object): Json {
    if (this.open.includes(value)) return '[circular]';
    if (this.open.length >= MAX_DEPTH) return CUT;
    this.open.push(value);
    const read = this.attempt(() => this.readByKind(value));
    this.open.pop();
    return read;
  }

  /** By tag, which tells objects of other realms and copies too. */
  private readByKind(value: object): Json {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (value instanceof Error || tag === 'Error' || tag === 'DOMException') return failureReason(value);
    const bytes = bytesOf(value, tag);
    if (bytes) return hexadecimal(bytes);
    const form = jsonForm(value);
    if (form) return tag === 'Date' ? this.read(form.json ?? 'Invalid Date') : this.read(form.json);
    switch (tag) {
      case 'Map':
        return this.members(value as Map<unknown, unknown>);
      case 'Set':
        return this.list(value as Set<unknown>);
      case 'Boolean':
      case 'Number':
      case 'String':
      case 'BigInt':
      case 'Symbol':
        return this.read(value.valueOf());
    }
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const list = this.list(value as unknown as unknown[]);
      return isList(this.open.at(-2)) ? redactPair(list) : list;
    }
    const text = ownText(value);
    if (text !== undefined) return text;
    const read = this.members(entriesOf(value));
    return tag !== 'Object' && Object.keys(read).length === 0 ? `[object ${tag}]` : read;
  }

  private list(values: Iterable<unknown>): readonly Json[] {
    const read: Json[] = [];
    for (const value of values) {
      if (this.isFull()) return [...read, CUT];
      read.push(this.redacted('', this.read(value)));
    }
    return read;
  }

  /** As in JSON, members without a value, and methods, are left out. */
  private members(entries: Iterable<readonly [unknown, unknown]>): { readonly [key: string]: Json } {
    const read: [string, Json][] = [];
    for (const [member, given] of entries) {
      if (this.isFull()) {
        read.push([CUT, CUT]);
        break;
      }
      if (given === undefined || typeof given === 'function') continue;
      const key = typeof member === 'string' ? member : this.keyText(member);
      this.left -= key.length;
      read.push([key, this.redacted(key, given instanceof Unreadable ? given.text : this.read(given))]);
    }
    return redactValue(Object.fromEntries(read));
  }

  private keyText(key: unknown): string {
    const read = this.read(key);
    return typeof read === 'object' ? JSON.stringify(read) : String(read);
  }

  private redacted(key: string, value: Json): Json {
    const safe = redactFact(key, value);
    if (typeof safe === 'string') this.left -= safe.length;
    return safe;
  }

  private isFull(): boolean {
    this.left -= 8;
    return this.left < 0;
  }

  private attempt(read: () => Json): Json {
    try {
      return read();
    } catch (error) {
      return unreadable(error);
    }
  }
}

function isList(value: object | undefined): boolean {
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Set]';
}

/** Stands for a member whose getter threw. */
class Unreadable {
  constructor(readonly text: string) {}
}

function* entriesOf(value: object): Iterable<readonly [string, unknown]> {
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    let member: unknown;
    try {
      member = (value as Record<string, unknown>)[key];
    } catch (error) {
      member = new Unreadable(unreadable(error));
    }
    yield [key, member];
  }
}

function unreadable(error: unknown): string {
  return `[cannot be read: ${failureReason(error)}]`;
}

/** What `toJSON` gives; nothing if there is none, or if it gives the object itself. */
function jsonForm(value: object): { readonly json: unknown } | undefined {
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON !== 'function') return undefined;
  const json: unknown = toJSON.call(value, '');
  return json === value ? undefined : { json };
}

function bytesOf(value: object, tag: string): Uint8Array | undefined {
  if (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') return new Uint8Array(value as ArrayBuffer);
  if (tag !== 'Uint8Array' && tag !== 'DataView') return undefined;
  const { buffer, byteOffset, byteLength } = value as DataView<ArrayBuffer>;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hexadecimal(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_BYTES), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.length > MAX_BYTES ? `${shown.join('')}${CUT} (${bytes.length} bytes)` : shown.join('');
}

/** The text of an object whose class has a form of its own; `toString` of the last prototype is that of all objects. */
function ownText(value: object): string | undefined {
  const { toString } = value as { readonly toString?: unknown };
  let last = value;
  for (let next = prototypeOf(last); next; next = prototypeOf(last)) last = next;
  const isOwn = typeof toString === 'function' && (last as { toString?: unknown }).toString !== toString;
  const text: unknown = isOwn ? toString.call(value) : undefined;
  return typeof text === 'string' ? text : undefined;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
