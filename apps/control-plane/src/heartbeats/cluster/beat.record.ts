/** A heartbeat as it lies in the log. */
export interface LoggedBeat {
  /** The key of its provider. */
  readonly key: number;
  /** The interval that it was answered with, in milliseconds. */
  readonly toldMs: number;
  /** When it was sent, by the clock of its provider, in epoch milliseconds. */
  readonly reportedAtMs: number;
  /** When it was taken, by the clock of the instance, in epoch milliseconds. */
  readonly heardAtMs: number;
}

/**
 * A record of the topic of heartbeats: what an instance took since the record before, in its order, and a watermark: what
 * it took before `sentMs` of its monotonic clock lies in this record or before it.
 */
export interface BeatRecord {
  readonly instance: string;
  readonly sentMs: number;
  readonly beats: readonly LoggedBeat[];
  /** It refused heartbeats since the record before. */
  readonly hasRefused: boolean;
  /** It has not been able to read for some time what is committed. */
  readonly isBehind: boolean;
  /** It takes no more: the last record of an instance. */
  readonly isLast: boolean;
}

const VERSION = 1;
/** Numbers of one heartbeat. */
const WIDTH = 4;
/** No time lies further from 1970, in milliseconds: beyond it there is no date. */
const MAX_TIME_MS = 8.64e15;
/** No provider is told a longer interval, in milliseconds: 31 days. */
const MAX_TOLD_MS = 2_678_400_000;

/** The record as JSON; the heartbeats in one list of numbers, which is the cheapest to read. */
export function writeBeatRecord(record: BeatRecord): string {
  const { instance, sentMs, beats, hasRefused, isBehind, isLast } = record;
  const numbers: number[] = [];
  for (const { key, toldMs, reportedAtMs, heardAtMs } of beats)
    numbers.push(key, toldMs, reportedAtMs, heardAtMs);
  return JSON.stringify({
    v: VERSION,
    instance,
    sent: sentMs,
    beats: numbers,
    ...(hasRefused && { refused: true }),
    ...(isBehind && { behind: true }),
    ...(isLast && { last: true }),
  });
}

/** Reads a record; why it is none, if it is not: whoever may write to the topic may have written anything. */
export function readBeatRecord(value: Buffer | undefined): BeatRecord | string {
  if (value === undefined) return 'it has no value';
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return 'it is no JSON';
  }
  if (typeof json !== 'object' || json === null) return 'it is no object of JSON';
  const { v, instance, sent, beats, refused, behind, last } = json as Record<string, unknown>;
  if (v !== VERSION)
    return `it is of version ${JSON.stringify(v)?.slice(0, 20)}, and this one knows ${VERSION}`;
  if (typeof instance !== 'string' || instance === '') return 'it names no instance';
  if (!isNumber(sent)) return 'it says not when it was sent';
  if (!Array.isArray(beats) || beats.length % WIDTH !== 0 || !beats.every(isNumber))
    return 'its heartbeats are no list of numbers';
  const read = beatsOf(beats);
  if (!read.every(({ toldMs }) => toldMs > 0 && toldMs <= MAX_TOLD_MS))
    return 'it has an interval that nobody is told';
  return {
    instance,
    sentMs: sent,
    beats: read,
    hasRefused: refused === true,
    isBehind: behind === true,
    isLast: last === true,
  };
}

function beatsOf(numbers: readonly number[]): LoggedBeat[] {
  const beats: LoggedBeat[] = [];
  for (let at = 0; at < numbers.length; at += WIDTH)
    beats.push({
      key: numbers[at] as number,
      toldMs: numbers[at + 1] as number,
      reportedAtMs: numbers[at + 2] as number,
      heardAtMs: numbers[at + 3] as number,
    });
  return beats;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_TIME_MS;
}
