import fc from 'fast-check';
import { VitalsError } from '../../errors.js';
import { readTaskDefinition, TIME_UNITS } from '../index.js';

const TASK = {
  host: 'lightapi.net',
  name: 'com.example.petstore-1.0.0|dev:https:10.0.0.1:8443',
  action: 'INSERT',
  frequency: { timeUnit: 'SECONDS', time: 10 },
  topic: 'vitals.health-checks',
  start: 1_700_000_000_000,
  data: { id: 'petstore', healthPath: '/health/', tlsSkipVerify: 'true' },
};

/** `TASK` with other members; `undefined` takes one out. */
function taskWith(members: Record<string, unknown>): string {
  return JSON.stringify({ ...TASK, ...members });
}

const withFrequency = (members: Record<string, unknown>) =>
  taskWith({ frequency: { ...TASK.frequency, ...members } });

describe('readTaskDefinition', () => {
  it.each(['INSERT', 'UPDATE'])('reads an %s, as text or as value', (action) => {
    const task = { ...TASK, action };
    expect(readTaskDefinition(JSON.stringify(task))).toEqual(task);
    expect(readTaskDefinition(task)).toEqual(task);
  });

  it('reads a DELETE, which says nothing but what is to go', () => {
    const { host, name, topic, start } = TASK;
    const read = { host, name, action: 'DELETE', topic, start };
    expect(readTaskDefinition(read)).toEqual(read);
    // light-controller sends a frequency that may round to 0, and no data
    const frequency = { timeUnit: 'SECONDS', time: 0 };
    expect(readTaskDefinition(taskWith({ action: 'DELETE', frequency, data: null }))).toEqual(read);
  });

  it('leaves out what it does not know', () => {
    expect(readTaskDefinition(taskWith({ retries: 3 }))).toEqual(TASK);
  });

  it.each<[string, string]>([
    ['no text at all', ''],
    ['no JSON', 'hello'],
    ['half a JSON', taskWith({}).slice(0, -1)],
    ['NaN', taskWith({}).replace('1700000000000', 'NaN')],
    ['null', 'null'],
    ['an array', `[${taskWith({})}]`],
    ['a text', '"text"'],
    ['a number', '7'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ...Object.keys(TASK).map((name): [string, string] => [`no ${name}`, taskWith({ [name]: undefined })]),
    ...Object.keys(TASK).map((name): [string, string] => [`null as ${name}`, taskWith({ [name]: null })]),
    ...Object.keys(TASK).map((name): [string, string] => [`an array as ${name}`, taskWith({ [name]: [] })]),
    ...Object.keys(TASK).map((name): [string, string] => [`true as ${name}`, taskWith({ [name]: true })]),
    ['an empty host', taskWith({ host: '' })],
    ['a line break in the name', taskWith({ name: 'a\nb' })],
    ['a name of 1 MB', taskWith({ name: 'x'.repeat(1_048_576) })],
    ['a name that is a little too long', taskWith({ name: 'x'.repeat(1_025) })],
    ['a topic that Kafka does not take', taskWith({ topic: 'x'.repeat(250) })],
    ['another action', taskWith({ action: 'insert' })],
    ['an action of every object', taskWith({ action: 'toString' })],
    ['a unit of every object', withFrequency({ timeUnit: 'constructor' })],
    ['another unit', withFrequency({ timeUnit: 'WEEKS' })],
    ['no unit', withFrequency({ timeUnit: undefined })],
    ['a time of 0', withFrequency({ time: 0 })],
    ['a negative time', withFrequency({ time: -10 })],
    ['a time that is no whole number', withFrequency({ time: 1.5 })],
    ['a time without end', withFrequency({}).replace('"time":10', '"time":1e999')],
    ['a time as text', withFrequency({ time: '10' })],
    ['a huge time', withFrequency({ timeUnit: 'DAYS', time: 367 })],
    ['a time that no number holds exactly', withFrequency({ time: 2 ** 53 })],
    ['a negative start', taskWith({ start: -1 })],
    ['a start as text', taskWith({ start: '1700000000000' })],
    ['a start without end', taskWith({}).replace('1700000000000', '-1e999')],
    ['data that are no texts', taskWith({ data: { port: 8443 } })],
    ['data of 1 MB', taskWith({ data: { body: 'x'.repeat(1_048_576) } })],
    ['data that are too much together', taskWith({ data: { a: 'x'.repeat(40_000), b: 'x'.repeat(40_000) } })],
    [
      'data with too many names',
      taskWith({ data: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [i, ''])) }),
    ],
    ['data with a name that is too long', taskWith({ data: { ['x'.repeat(257)]: '' } })],
    ['a prototype among the data', taskWith({}).replace('"data":{', '"data":{"__proto__":"x",')],
    ['a message of 1 MB that is mostly blank', `${' '.repeat(1_048_576)}${taskWith({})}`],
    ['members of a prototype', `{"__proto__":${taskWith({})}}`],
  ])('refuses %s', (_name, text) => {
    expect(() => readTaskDefinition(text)).toThrow(VitalsError);
    expect(() => readTaskDefinition(text)).toThrow(/^no task definition: .{5,120}$/);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => TASK],
    ['a big number', 7n],
    ['bytes', new Uint8Array([123, 125])],
    ['an object that inherits its members', Object.create(TASK)],
    ['NaN as start', { ...TASK, start: Number.NaN }],
    ['Infinity as time', { ...TASK, frequency: { timeUnit: 'SECONDS', time: Number.POSITIVE_INFINITY } }],
  ])('refuses %s, which no JSON holds', (_name, value) => {
    expect(() => readTaskDefinition(value)).toThrow(
      expect.objectContaining({ code: 'task-definition-invalid', retryable: false }),
    );
  });

  it('never lets data reach the prototype of anything', () => {
    const text = taskWith({}).replace('"data":{', '"data":{"constructor":"x","toString":"y",');
    const task = readTaskDefinition(text);
    expect(Object.getPrototypeOf(task.data)).toBe(Object.prototype);
    expect(task.data).toMatchObject({ constructor: 'x', toString: 'y' });
  });

  it('reads what it read again from its JSON, up to the longest', () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from('a"\\\n\u0000é\u{1f600}\u2028_'), '\ud800'),
      maxLength: 30,
    });
    const name = fc.string({
      unit: fc.constantFrom(...Array.from('a:|/é\u{1f600}" ')),
      minLength: 1,
      maxLength: 30,
    });
    const task = fc.record({
      host: name,
      name,
      action: fc.constantFrom('INSERT', 'UPDATE'),
      frequency: fc.record({
        timeUnit: fc.constantFrom(...TIME_UNITS),
        time: fc.integer({ min: 1, max: 366 }),
      }),
      topic: name,
      start: fc.maxSafeNat(),
      data: fc.dictionary(
        text.filter((one) => one !== '__proto__'),
        text,
      ),
    });
    fc.assert(
      fc.property(task, (one) => {
        const read = readTaskDefinition(one);
        expect(readTaskDefinition(JSON.stringify(read))).toEqual(read);
        expect(read).toEqual({ ...one, data: { ...one.data } });
      }),
    );
    const longest = { ...TASK, data: { a: '\u0001'.repeat(65_535) } };
    expect(readTaskDefinition(JSON.stringify(longest))).toEqual(longest);
  });

  it('throws nothing but its own error, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (value) => {
        try {
          readTaskDefinition(value);
        } catch (error) {
          expect(error).toBeInstanceOf(VitalsError);
        }
      }),
    );
  });
});
