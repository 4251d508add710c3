import { Connection, requestBytes } from '../../bench/support/connection.js';

const CONNECTIONS = 96;

/**
 * Requests over a few kept-alive connections. An answer is `{ status, body }`; it is `undefined` if the connection
 * ended first, and then nobody knows what became of the request.
 */
export class Requests {
  #idle = [];
  #waiting = [];
  /** Requests whose connection ended before their answer. */
  unanswered = 0;

  /** Connects to a server that was started; what is left of the one before is forgotten. */
  async connect(port) {
    this.open = true;
    this.#idle = [];
    for (let index = 0; index < CONNECTIONS; index++) {
      const connection = await Connection.open(port);
      connection.fail = () => undefined;
      this.#idle.push(connection);
    }
  }

  /** No request is sent from now on; those that wait are unanswered. */
  close() {
    this.open = false;
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  ask(method, path, token, body) {
    const bytes = requestBytes({ method, path, token, body: body && JSON.stringify(body) });
    return new Promise((resolve) => {
      if (!this.open) return resolve(undefined);
      const connection = this.#idle.pop();
      if (connection) return this.#send(connection, bytes, resolve);
      this.#waiting.push({ bytes, resolve });
    });
  }

  #send(connection, bytes, resolve) {
    if (connection.closed) return resolve(undefined);
    connection.fail = () => {
      connection.fail = () => undefined;
      this.unanswered++;
      resolve(undefined);
    };
    connection.send(bytes, (status, answer, bodyAt) => {
      connection.fail = () => undefined;
      const text = answer.toString('utf8', bodyAt);
      resolve({ status, body: text ? JSON.parse(text) : undefined });
      const next = this.#waiting.shift();
      if (next) this.#send(connection, next.bytes, next.resolve);
      else this.#idle.push(connection);
    });
  }
}
