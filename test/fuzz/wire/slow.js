import { connect } from 'node:net';

/** Longer than the control plane waits for a request, in milliseconds. */
const LONGEST_MS = 30_000;

/** Heads and bodies that never end: each must be cut off with a problem. */
const BEGINNINGS = [
  'GET /providers HTTP/1.1\r\nHost: x\r\n',
  'PUT /providers/p1/status HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n',
  'POST /heartbeats HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n',
  'POST /providers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n',
];

/** Trickles requests, a byte a second. @returns what was not cut off as it should be */
export async function slowBodies(port, token) {
  const heads = BEGINNINGS.map((beginning) => `${beginning}Authorization: Bearer ${token}\r\n`);
  const [endless, ...others] = heads;
  const slow = [
    `${endless}X-Slow: `,
    ...others.map((head) => `${head}\r\n${head.includes('chunked') ? '100\r\n' : '{'}`),
  ];
  const faults = await Promise.all(slow.map((beginning) => trickle(port, beginning)));
  return faults.filter((fault) => fault !== undefined);
}

function trickle(port, beginning) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const drip = setInterval(() => socket.write('x'), 1_000);
    const late = setTimeout(
      () => settle(`a slow request was not cut off: ${beginning.split('\r', 1)[0]}`),
      LONGEST_MS,
    );
    const settle = (fault) => {
      clearInterval(drip);
      clearTimeout(late);
      socket.destroy();
      resolve(fault);
    };
    const judge = () => {
      const isTold = /^HTTP\/1\.1 408 [^]*application\/problem\+json/.test(text);
      settle(isTold ? undefined : `a slow request was cut off with ${JSON.stringify(text.slice(0, 300))}`);
    };
    socket.on('error', judge);
    socket.on('close', judge);
    socket.on('data', (chunk) => (text += chunk));
    socket.write(beginning);
  });
}
