import { request as httpRequest } from 'node:http';
import { sentRaw } from './raw.js';

/** How long an answer may take before it counts as a hang, in milliseconds. */
export const LONGEST_MS = 10_000;

/** Characters that Node's client refuses to send in a path. */
const REFUSED_BY_CLIENT = /[^\u0021-\u00ff]/;

/**
 * Sends a call, over a connection that is kept where Node's own client can send it, and byte by byte where it
 * cannot. Resolves to `{ status, headers, text }`, to `{ closed: true }` if the connection ended without an
 * answer, or to `{ hung: true }`.
 */
export function exchange(call, { port, agent }) {
  const isOrdinary =
    call.framing === 'length' &&
    !call.lines &&
    call.kind !== 'method' &&
    call.path.startsWith('/') &&
    !REFUSED_BY_CLIENT.test(call.path) &&
    call.headers.every(([, value]) => !/[^\t\u0020-\u007e]/.test(value));
  return isOrdinary ? sentByNode(call, port, agent) : sentRaw(call, port, LONGEST_MS);
}

function sentByNode({ method, path, headers, body }, port, agent) {
  return new Promise((resolve) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      agent,
      method,
      path,
      headers: {
        ...Object.fromEntries(headers),
        ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
      },
    });
    const late = setTimeout(() => {
      resolve({ hung: true });
      request.destroy();
    }, LONGEST_MS);
    const settle = (outcome) => {
      clearTimeout(late);
      resolve(outcome);
    };
    request.on('error', (error) => settle({ closed: true, why: error.code ?? error.message }));
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', (error) => settle({ closed: true, why: error.code ?? error.message }));
      response.on('end', () =>
        settle({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(body);
  });
}
