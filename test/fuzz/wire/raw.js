import { connect } from 'node:net';

/** Sends a call byte by byte over a connection of its own, and reads until the other side ends it. */
export function sentRaw(call, port, longestMs) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks = [];
    const late = setTimeout(() => settle({ hung: true }), longestMs);
    let settled = false;
    const settle = (outcome) => {
      if (settled) return;
      settled = true;
      clearTimeout(late);
      socket.destroy();
      resolve(outcome);
    };
    socket.on('error', (error) => settle(parsed(chunks) ?? { closed: true, why: error.code }));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const answer = call.method === 'HEAD' ? undefined : parsed(chunks);
      if (answer?.whole) settle(answer);
    });
    socket.on('end', () => settle(parsed(chunks) ?? { closed: true, why: 'no answer' }));
    socket.on('connect', () => {
      for (const part of partsOf(call)) socket.write(part);
      if (call.framing === 'cut') setTimeout(() => settle({ cut: true }), 20);
      else if (call.framing === 'half-closed') socket.end();
    });
  });
}

function partsOf({ method, path, headers, lines = [], body, framing }) {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...lines,
  ];
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const write = (own, ...rest) => [
    Buffer.from(`${[...head, ...own].join('\r\n')}\r\n\r\n`, 'latin1'),
    ...rest,
  ];
  if (bytes === undefined) return write([]);
  const half = bytes.subarray(0, bytes.length >> 1);
  const chunk = (part) =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  switch (framing) {
    case 'chunked':
      return write(
        ['Transfer-Encoding: chunked'],
        ...(half.length > 0 ? [chunk(half)] : []),
        chunk(bytes.subarray(half.length)),
        '0\r\n\r\n',
      );
    case 'broken-chunk':
      return write(['Transfer-Encoding: chunked'], chunk(bytes), 'zz\r\n\r\n');
    case 'both':
      return write(
        ['Transfer-Encoding: chunked', `Content-Length: ${bytes.length}`],
        chunk(bytes),
        '0\r\n\r\n',
      );
    case 'cut':
    case 'half-closed':
      return write([`Content-Length: ${bytes.length + 1}`], half);
    default:
      return write([`Content-Length: ${bytes.length}`], bytes);
  }
}

/** Reads the last answer of what came, passing over `100 Continue`; `undefined` if there is none. */
function parsed(chunks) {
  let text = Buffer.concat(chunks).toString('latin1');
  for (;;) {
    const end = text.indexOf('\r\n\r\n');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
    if (end < 0 || status === undefined) return undefined;
    const rest = text.slice(end + 4);
    if (status === '100') {
      text = rest;
      continue;
    }
    const headers = Object.fromEntries(
      text
        .slice(0, end)
        .split('\r\n')
        .slice(1)
        .map((line) => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1).trim(),
        ]),
    );
    const length = Number(headers['content-length'] ?? (status === '204' ? 0 : Number.NaN));
    const isChunked = headers['transfer-encoding'] === 'chunked';
    const body = isChunked ? joined(rest) : rest.slice(0, Number.isNaN(length) ? undefined : length);
    const whole = isChunked ? rest.endsWith('0\r\n\r\n') : rest.length >= length;
    return { status: Number(status), headers, text: Buffer.from(body, 'latin1').toString(), whole };
  }
}

function joined(text) {
  let body = '';
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (!size) break;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 4 + size;
  }
  return body;
}
