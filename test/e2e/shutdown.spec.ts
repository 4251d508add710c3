import { BUFFERS, buffersInSource, flushedInSource, nestHooksInSource } from '../support/buffered.js';

it('The list of what is buffered, and of who flushes it at shutdown, is that of the sources', () => {
  expect(buffersInSource()).toEqual(BUFFERS);
  expect(flushedInSource()).toEqual(expect.arrayContaining(Object.keys(BUFFERS)));
});

it('Nothing but the shutdown itself hears the hooks that Nest calls when a process ends', () => {
  expect(nestHooksInSource()).toEqual(['apps/control-plane/src/shutdown/shutdown.ts']);
});
