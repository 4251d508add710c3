import { createServer, type Socket } from 'node:net';
import { NO_ANSWERS, NO_BODIES, RAW_ANSWERS } from '../../../test/raw-answers.js';
import { listen, make } from '../../../test/ready-made-check.js';
import { httpCheck } from './http-check.js';

/** Says something to whoever asks. */
async function answering(raw: string | Buffer, isClosed: boolean): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (isClosed ? socket.end(raw, 'latin1') : socket.write(raw, 'latin1')));
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

const well = RAW_ANSWERS.filter(({ statusCode }) => statusCode < 600);

describe('httpCheck takes an answer with', () => {
  it.each(well.map((one) => [one.what, one] as const))('%s', async (_what, answer) => {
    const { raw, method, statusCode, hasBody, isClosed } = answer;
    const url = await answering(raw, isClosed);
    const expectText = hasBody ? { expectText: 'UP' } : {};
    expect(
      await make(httpCheck({ url, method, expectStatus: statusCode, ...expectText })).run(),
    ).toMatchObject({
      state: 'UP',
      attributes: { statusCode },
    });
  });
});

describe('httpCheck takes for no answer', () => {
  it.each(NO_ANSWERS)('%s', async (_what, raw, why) => {
    const { state, reason } = await make(httpCheck({ url: await answering(raw, true) })).run();
    expect([state, reason]).toEqual(['DOWN', expect.stringContaining(why)]);
  });

  it.each(NO_BODIES)('a body %s, where it looks at it', async (_what, raw, why) => {
    const url = await answering(raw, true);
    const { state, reason } = await make(httpCheck({ url, expectText: 'UP' })).run();
    expect([state, reason]).toEqual(['DOWN', expect.stringContaining(why)]);
    expect(await make(httpCheck({ url })).run()).toMatchObject({ state: 'UP' });
  });
});
