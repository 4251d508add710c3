#!/usr/bin/env bash
# undici 7.30.2 fails a request that is answered with an unsolicited interim "100 Continue", although the final
# response that follows is a valid 200. RFC 9110 section 15.2: a client MUST be able to parse one or more 1xx responses
# received prior to a final response, even if it does not expect one. Node's own node:http reads the same bytes as a 200.
# A health check over undici reports such a service as down.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2

cat >probe.mjs <<'JS'
import assert from 'node:assert/strict';
import http from 'node:http';
import { createServer } from 'node:net';
import { request } from 'undici';

const ANSWER = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const server = createServer((socket) => {
  socket.on('error', () => undefined).once('data', () => socket.end(ANSWER));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;

const byUndici = await request(url).then(
  ({ statusCode }) => `status ${statusCode}`,
  ({ code, message }) => `${code}: ${message}`,
);
const byNode = await new Promise((resolve, reject) => {
  http.get(url, (response) => resolve(`status ${response.statusCode}`)).on('error', reject);
});
server.close();

console.log(`Node.js ${process.version}, undici 7.30.2`);
console.log(`undici:    ${byUndici}`);
console.log(`node:http: ${byNode}`);
assert.equal(byUndici, 'UND_ERR_SOCKET: bad response');
assert.equal(byNode, 'status 200');
JS
node probe.mjs
