import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const READ_BYTES = 65_536;
const NO_BODY = new Set([204, 304]);

/**
 * A keep-alive connection to a server on 127.0.0.1, with one request under way at most. It sends bytes that were
 * made before and reads no more of an answer than it must: what this side costs is not to be measured.
 */
export class Connection {
  static async open(port) {
    const connection = new Connection();
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const onread = { buffer, callback: (size) => connection.#read(buffer.subarray(0, size)) };
    connection.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    await once(connection.socket, 'connect');
    connection.socket.on('error', (error) => connection.fail(error));
    connection.socket.on('close', () => connection.fail(new Error('the server closed a connection')));
    return connection;
  }

  /** So many connections, opened one after the other. */
  static async openAll(port, count) {
    const connections = [];
    while (connections.length < count) connections.push(await Connection.open(port));
    return connections;
  }

  get closed() {
    return this.socket.destroyed;
  }

  /** Who is told when this connection fails; by itself that ends the process. */
  fail = (error) => {
    throw error;
  };

  /** Sends a request; `answered` is called with the status, and with the whole answer and where its body begins. */
  send(request, answered) {
    this.answered = answered;
    this.socket.write(request);
  }

  /** Sends a request and resolves to the status and the text of the answer. */
  ask(request) {
    return new Promise((resolve, reject) => {
      this.fail = reject;
      this.send(request, (status, answer, bodyAt) =>
        resolve({ status, body: answer.toString('utf8', bodyAt) }),
      );
    });
  }

  close() {
    this.fail = () => undefined;
    this.socket.destroy();
  }

  /** An answer may come in pieces, but never with part of the next. */
  #read(chunk) {
    const answer = this.partial ? Buffer.concat([this.partial, chunk]) : chunk;
    const headEnd = answer.indexOf(HEAD_END);
    const bodyAt = headEnd + HEAD_END.length;
    const end = headEnd < 0 ? undefined : endOf(answer, headEnd, bodyAt);
    if (end === undefined || end > answer.length) {
      this.partial = Buffer.from(answer);
      return;
    }
    this.partial = undefined;
    if (end < answer.length) {
      this.fail(new Error(`unexpected answer: ${answer.latin1Slice(0, 200)}`));
      return;
    }
    this.answered(statusOf(answer), answer, bodyAt);
  }
}

/** A request as it goes over the wire. */
export function requestBytes({ method = 'GET', path, token, body }) {
  const head = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
  if (token) head.push(`authorization: Bearer ${token}`);
  if (body !== undefined)
    head.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** Three digits after `HTTP/1.1 `. */
function statusOf(answer) {
  return (answer[9] - 48) * 100 + (answer[10] - 48) * 10 + (answer[11] - 48);
}

/** Where an answer ends; `undefined` while that cannot be told. */
function endOf(answer, headEnd, bodyAt) {
  const head = answer.latin1Slice(0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bodyAt + Number(length);
  if (NO_BODY.has(statusOf(answer))) return bodyAt;
  const isLast = answer.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return isLast ? answer.length : undefined;
}
