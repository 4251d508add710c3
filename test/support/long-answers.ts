import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MAX_BYTES } from '../../apps/control-plane/src/http/answer-budget.js';
import { FRONT, type RequestFront } from '../../apps/control-plane/src/http/node/front.js';
import { TestControlPlane } from './control-plane.js';

/** Providers whose list is several times as long as a page may be. */
export const PROVIDERS = 120;
/** What each of them says of itself, in bytes. */
export const METADATA_BYTES = 40_000;
/** Services whose map, and that of their checks, is longer than a piece. */
export const SERVICES = 1_200;

const AT_ONCE = 40;

/** A control plane whose lists are long, and clients of it that read nothing. */
export class LongAnswers {
  private readonly opened: Socket[] = [];

  private constructor(
    readonly plane: TestControlPlane,
    readonly front: RequestFront,
  ) {}

  static async start(): Promise<LongAnswers> {
    const plane = await TestControlPlane.start({ VITALS_RATE_LIMIT: '0', VITALS_HEARTBEAT_INTERVAL: '1h' });
    const fastify = plane.app.getHttpAdapter().getInstance() as FastifyInstance;
    const note = 'x'.repeat(METADATA_BYTES);
    const check = { interval: 3_600_000 };
    const place = { protocol: 'http', address: '127.0.0.1', port: 9, check };
    await inGroups(PROVIDERS, (at) => plane.register(nameOf(at), { metadata: { note } }), 201);
    await inGroups(SERVICES, (at) => plane.send('POST', '/services', { serviceId: idOf(at), ...place }), 200);
    return new LongAnswers(plane, fastify.getDecorator<RequestFront>(FRONT));
  }

  get url(): string {
    return this.plane.url;
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }

  /** Asks for each of the paths so often on one connection, and reads nothing. */
  async askAndNotRead(paths: readonly string[], count: number, headers = ''): Promise<Socket> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname).pause();
    this.opened.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
    const all = Array.from({ length: count }, () => paths).flat();
    socket.write(all.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`).join(''));
    return socket;
  }

  closeAll(): void {
    for (const socket of this.opened.splice(0)) socket.destroy();
  }

  /** Waits until nothing more is begun: every answer that the kernel takes has gone. */
  async settled(): Promise<void> {
    for (let before = -1, quiet = 0; quiet < 20;) {
      await turns(20);
      const now = this.front.turns.size * 1e9 + this.front.answers.heldBytes;
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  }

  /** Holds all that answers may hold, until what is returned is called. */
  holdAll(): () => void {
    const held = new EventEmitter();
    this.front.answers.count(held as unknown as ServerResponse, MAX_BYTES);
    return () => held.emit('close');
  }
}

/** The name of a provider. */
export function nameOf(at: number): string {
  return `p${String(at).padStart(3, '0')}`;
}

/** The id of a service. */
export function idOf(at: number): string {
  return `a.service.that.has.a.long.name.${at}`;
}

/** So many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function inGroups(
  count: number,
  ask: (at: number) => Promise<{ readonly status: number }>,
  status: number,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => ask(from + at));
    for (const answer of await Promise.all(some)) {
      if (answer.status !== status) throw new Error(`answered ${answer.status}`);
    }
  }
}
