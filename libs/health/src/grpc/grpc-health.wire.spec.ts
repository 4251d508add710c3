import { spawn } from 'node:child_process';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { checkClass } from '../../test/health-app.js';
import { closeAfterTest, serveGrpc, until } from '../../test/grpc-app.js';
import { ask, call, frame, session } from '../../test/grpc-wire.js';
import { HealthRegistry } from '../index.js';

const CHECK = 'Check';
const WATCH = 'Watch';

describe('hostile bytes', () => {
  it.each<[string, Buffer, string, RegExp]>([
    ['a message that is no protobuf', frame(Buffer.from([0xff, 0xff, 0xff])), '13', /deserializing/],
    ['a name that is not UTF-8', frame(Buffer.from([0x0a, 2, 0xc3, 0x28])), '13', /deserializing/],
    ['groups without end', frame(Buffer.alloc(60_000, 0x1b)), '13', /deserializing/],
    ['a length of 4 GiB', frame(Buffer.alloc(0), 0, 0xffff_ffff), '8', /larger than max/],
    ['a name of 100 kB', ask('x'.repeat(100_000)), '8', /larger than max/],
    ['rubbish as gzip', frame(Buffer.from('rubbish'), 1), '13', /decompress/],
    ['no message', Buffer.alloc(0), '12', /no request message/],
  ])('end the call with a status: %s', async (_what, bytes, code, message) => {
    const { port, check } = await serveGrpc();
    const client = session(port);
    for (const method of [CHECK, WATCH]) {
      const exchange = call(client, method, { 'grpc-encoding': 'gzip' });
      exchange.stream.end(bytes);
      await until(() => exchange.code() !== undefined);
      expect(exchange.code()).toBe(code);
      expect(decodeURI(exchange.message() ?? '')).toMatch(message);
      expect(exchange.statuses).toEqual([]);
    }
    expect(await check('')).toBe('SERVING');
  });

  it('do not hurt when they are no HTTP/2', async () => {
    const { port, check } = await serveGrpc();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    expect(await check('')).toBe('SERVING');
  });

  it('answer a message that comes byte by byte', async () => {
    const { port } = await serveGrpc();
    const exchange = call(session(port), CHECK);
    for (const byte of ask('liveness')) exchange.stream.write(Buffer.from([byte]));
    exchange.stream.end();
    await until(() => exchange.code() !== undefined);
    expect([exchange.code(), exchange.statuses]).toEqual(['0', ['SERVING']]);
  });
});

describe('a watcher that breaks off', () => {
  it.each<[string, (client: ClientHttp2Session, stream: ClientHttp2Stream) => void]>([
    ['its connection is reset', (client) => client.destroy(undefined, 2)],
    ['it resets the stream', (_client, stream) => stream.close(8)],
  ])('leaves nothing behind when %s', async (_how, breakOff) => {
    let runs = 0;
    const Counted = checkClass({ name: 'counted' }, () => void runs++);
    const { clock, grpcHealth, port } = await serveGrpc({ providers: [Counted] });
    const client = session(port);
    const exchange = call(client, WATCH);
    exchange.stream.end(ask('counted'));
    await until(() => exchange.statuses.length === 1);
    expect(grpcHealth.watched).toBe(1);
    breakOff(client, exchange.stream);
    await until(() => grpcHealth.watched === 0);
    await clock.advance(60_000);
    expect(runs).toBe(1);
  });

  it('leaves nothing behind when its process is killed', async () => {
    const { grpcHealth, port } = await serveGrpc();
    const headers = {
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Watch',
      'content-type': 'application/grpc',
    };
    const script = `
      const stream = require('node:http2').connect('http://127.0.0.1:${port}').request(${JSON.stringify(headers)});
      stream.on('data', () => undefined).end(Buffer.from('${ask('').toString('hex')}', 'hex'));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    closeAfterTest(() => child.kill('SIGKILL'));
    await until(() => grpcHealth.watched === 1);
    child.kill('SIGKILL');
    await until(() => grpcHealth.watched === 0);
  });

  it('leaves nothing behind when its deadline passes', async () => {
    const { grpcHealth, port } = await serveGrpc();
    const exchange = call(session(port), WATCH, { 'grpc-timeout': '20m' });
    exchange.stream.end(ask(''));
    await until(() => exchange.code() === '4');
    await until(() => grpcHealth.watched === 0);
  });

  it('leaves nothing behind for longer than a minute when its call had failed before it was complete', async () => {
    const { clock, grpcHealth, port } = await serveGrpc();
    const exchange = call(session(port), WATCH, { 'grpc-timeout': '1n' });
    exchange.stream.write(ask('nobody'));
    await until(() => exchange.code() === '4');
    exchange.stream.end();
    await until(() => grpcHealth.watched === 1);
    await clock.advance(65_000);
    expect(grpcHealth.watched).toBe(0);
  });
});

describe('a watcher that is slow', () => {
  async function blocked() {
    let up = true;
    const Switched = checkClass({ name: 'db' }, () => up);
    const served = await serveGrpc({ providers: [Switched] });
    const client = session(served.port, 0);
    const exchange = call(client, WATCH);
    exchange.stream.end(ask('db'));
    await until(() => served.grpcHealth.watched === 1);
    const set = async (to: boolean): Promise<void> => {
      up = to;
      await served.clock.advance(5_000);
    };
    const read = (): void => client.settings({ initialWindowSize: 65_535 });
    return { ...served, exchange, set, read };
  }

  it('is told the latest status only, if it reads late', async () => {
    const { exchange, set, read } = await blocked();
    for (const up of [false, true, false, true, false]) await set(up);
    expect(exchange.statuses).toEqual([]);
    read();
    await until(() => exchange.statuses.length === 2);
    expect(exchange.statuses).toEqual(['SERVING', 'NOT_SERVING']);
    await set(true);
    await until(() => exchange.statuses.length === 3);
    expect(exchange.statuses[2]).toBe('SERVING');
  });

  it('is told nothing if it reads late and the status is what it was told last', async () => {
    const { exchange, set, read } = await blocked();
    for (const up of [false, true]) await set(up);
    read();
    await until(() => exchange.statuses.length === 1);
    await set(false);
    await until(() => exchange.statuses.length === 2);
    expect(exchange.statuses).toEqual(['SERVING', 'NOT_SERVING']);
  });

  it('is given up after a minute of not reading, and may come again', async () => {
    const { exchange, grpcHealth, set, read } = await blocked();
    for (let polls = 0; polls < 11; polls++) await set(true);
    expect(grpcHealth.watched).toBe(1);
    await set(true);
    expect(grpcHealth.watched).toBe(0);
    read();
    await until(() => exchange.code() !== undefined);
    expect([exchange.code(), exchange.statuses]).toEqual(['14', ['SERVING']]);
  });

  it('is told and ended at once if it completes its call when the server shuts down', async () => {
    const { app, port } = await serveGrpc();
    const client = session(port);
    const late = call(client, WATCH);
    const early = call(client, WATCH);
    early.stream.end(ask(''));
    await until(() => early.statuses.length === 1);
    const closed = app.close();
    await until(() => early.code() !== undefined);
    late.stream.end(ask(''));
    await closed;
    await until(() => late.code() !== undefined);
    expect([late.code(), late.statuses]).toEqual(['14', ['NOT_SERVING']]);
  });

  it('does not keep the app from closing', async () => {
    const { app, clock, grpcHealth } = await blocked();
    const closed = app.close();
    await until(() => grpcHealth.watched === 0);
    await clock.advance(1_000);
    await closed;
    expect(app.get(HealthRegistry).named('db')).toHaveLength(1);
  });
});
