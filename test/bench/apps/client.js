import { once } from 'node:events';
import { connect } from 'node:net';

const REQUEST = Buffer.from('GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Keep-alive connections by port; a connection has one request under way at most. */
const pools = new Map();

/** What the process that started this one may ask for, by name. */
const questions = {
  /**
   * Sends one request on every connection in one go. Latencies count from before the first is sent;
   * `sentMs` is when the last was handed to the kernel.
   */
  async burst({ port, connections }) {
    const pool = await open(port, connections);
    const startedMs = performance.now();
    const answers = pool.map(async (connection) => {
      await connection.ask();
      return performance.now() - startedMs;
    });
    const sentMs = performance.now() - startedMs;
    return { sentMs, latenciesMs: await Promise.all(answers) };
  },

  /** For `seconds`, sends the next request on every connection as soon as an answer is there. */
  async flood({ port, connections, seconds }) {
    const pool = await open(port, connections);
    const startedMs = performance.now();
    const endMs = startedMs + seconds * 1_000;
    const counts = await Promise.all(pool.map((connection) => connection.askUntil(endMs)));
    const answers = counts.reduce((sum, count) => sum + count, 0);
    return { answers, seconds: (performance.now() - startedMs) / 1_000 };
  },
};

async function open(port, count) {
  const pool = (pools.get(port) ?? []).filter(({ socket }) => !socket.destroyed);
  pools.set(port, pool);
  while (pool.length < count) pool.push(await Connection.open(port));
  return pool;
}

/** A connection that reads no more of an answer than it must: what this process costs is not to be measured. */
class Connection {
  static async open(port) {
    const connection = new Connection();
    const buffer = Buffer.allocUnsafe(65_536);
    const onread = { buffer, callback: (size) => connection.read(buffer.subarray(0, size)) };
    connection.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    await once(connection.socket, 'connect');
    connection.socket.on('error', (error) => connection.fail(error));
    connection.socket.on('close', () => connection.fail(new Error('the server closed a connection')));
    return connection;
  }

  /** Resolves when the answer to one request is there. */
  async ask() {
    await this.askUntil(0);
  }

  /** Resolves to the number of answers when the first has come after `endMs`. */
  askUntil(endMs) {
    return new Promise((resolve, reject) => {
      let answers = 0;
      this.fail = reject;
      this.answered = () => {
        answers++;
        if (performance.now() < endMs) this.socket.write(REQUEST);
        else resolve(answers);
      };
      this.socket.write(REQUEST);
    });
  }

  /** An answer may come in pieces, but never with part of the next. */
  read(chunk) {
    const answer = this.partial ? Buffer.concat([this.partial, chunk]) : chunk;
    const headEnd = answer.indexOf(HEAD_END);
    const head = headEnd < 0 ? '' : answer.latin1Slice(0, headEnd);
    const length = headEnd < 0 ? NaN : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (answer.length === headEnd + HEAD_END.length + length && head.startsWith('HTTP/1.1 200 ')) {
      this.partial = undefined;
      this.answered();
    } else if (headEnd < 0 || answer.length < headEnd + HEAD_END.length + length) {
      this.partial = Buffer.from(answer);
    } else {
      this.fail(new Error(`unexpected answer: ${answer.latin1Slice(0, 200)}`));
    }
  }

  fail(error) {
    throw error;
  }
}

process.on('message', ({ question, ...about }) => {
  void questions[question](about).then(
    (answer) => process.send({ answer }),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send({ listening: 0 });
