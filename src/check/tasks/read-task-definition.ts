import { VitalsError } from '../../errors.js';
import {
  frequencyMs,
  TASK_ACTIONS,
  type TaskAction,
  type TaskDefinition,
  type TaskFrequency,
  TIME_UNITS,
  type TimeUnit,
} from './task-definition.js';

/** How much text a message may have: escaped, the longest data that is accepted fits. */
const MAX_MESSAGE = 524_288;
const MAX_NAME = 1_024;
/** Kafka's own limit. */
const MAX_TOPIC = 249;
const MAX_DATA_MEMBERS = 100;
const MAX_DATA_NAME = 256;
/** All names and values of the data together. */
const MAX_DATA = 65_536;
/** 366 days. */
const MAX_FREQUENCY_MS = 31_622_400_000;

const CONTROL_CHARACTER = /\p{Cc}/u;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a message of light-scheduler: a text that is JSON, or what came out of one. Members that are not known
 * are left out, as are frequency and data of a DELETE.
 * @throws VitalsError `task-definition-invalid`, saying what is wrong, without repeating what may be long
 */
export function readTaskDefinition(value: unknown): TaskDefinition {
  const message = asMembers(typeof value === 'string' ? parse(value) : value, 'the message');
  const key = {
    host: readName(message, 'host', MAX_NAME),
    name: readName(message, 'name', MAX_NAME),
  };
  const action = readWord<TaskAction>(message, 'action', TASK_ACTIONS);
  const topic = readName(message, 'topic', MAX_TOPIC);
  const start = member(message, 'start');
  if (!isWhole(start, 0)) refuse('"start" has to be epoch milliseconds, a whole number from 0 on');
  if (action === 'DELETE') return { ...key, action, topic, start };
  const frequency = readFrequency(message);
  return { ...key, action, frequency, topic, start, data: readData(message) };
}

function parse(text: string): unknown {
  if (text.length > MAX_MESSAGE) refuse(`it is longer than ${MAX_MESSAGE} characters`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VitalsError('task-definition-invalid', 'no task definition: it is not JSON', { cause });
  }
}

function readFrequency(message: Members): TaskFrequency {
  const frequency = asMembers(member(message, 'frequency'), '"frequency"');
  const timeUnit = readWord<TimeUnit>(frequency, 'timeUnit', TIME_UNITS);
  const time = member(frequency, 'time');
  if (!isWhole(time, 1)) refuse('"time" of the frequency has to be a whole number from 1 on');
  const read = { timeUnit, time };
  if (frequencyMs({ frequency: read }) > MAX_FREQUENCY_MS) refuse('its frequency is longer than 366 days');
  return read;
}

function readData(message: Members): Record<string, string> {
  const entries = Object.entries(asMembers(member(message, 'data'), '"data"'));
  if (entries.length > MAX_DATA_MEMBERS) refuse(`"data" has more than ${MAX_DATA_MEMBERS} members`);
  let length = 0;
  for (const [name, text] of entries) {
    if (name === '__proto__' || name.length > MAX_DATA_NAME) refuse('"data" has a name that is not allowed');
    if (typeof text !== 'string') refuse('"data" may hold nothing but texts');
    length += name.length + text.length;
  }
  if (length > MAX_DATA) refuse(`"data" is longer than ${MAX_DATA} characters`);
  return Object.fromEntries(entries) as Record<string, string>;
}

function readName(members: Members, name: string, longest: number): string {
  const text = member(members, name);
  if (typeof text !== 'string' || text === '' || text.length > longest || CONTROL_CHARACTER.test(text)) {
    refuse(`"${name}" has to be a text of 1 to ${longest} characters without control characters`);
  }
  return text;
}

function readWord<T extends string>(members: Members, name: string, words: readonly T[]): T {
  const word = member(members, name);
  return words.find((one) => one === word) ?? refuse(`"${name}" has to be one of ${words.join(', ')}`);
}

function asMembers(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${what} is not an object`);
  return value as Members;
}

/** What a prototype has does not count. */
function member(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function refuse(reason: string): never {
  throw new VitalsError('task-definition-invalid', `no task definition: ${reason}`);
}
