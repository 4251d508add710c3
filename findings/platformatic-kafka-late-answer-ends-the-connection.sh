#!/usr/bin/env bash
# @platformatic/kafka 1.35.0 stops reading a connection in the middle of an answer that comes after its request has timed
# out (`requestTimeout`): the bytes stay in its buffer, and the next answer, which is right and in time, is read from the
# wrong place. The connection is destroyed, and requests that the broker did answer fail. A broker that was slow once
# thereby fails whatever is asked next, and a group member loses its heartbeat.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @platformatic/kafka@1.35.0

cat >ask.mjs <<'JS'
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection, heartbeatV4 } from '@platformatic/kafka';

// answers each Heartbeat request (Kafka protocol, version 4) with "no error", the first one after 300 ms
let requests = 0;
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', async (bytes) => {
    for (let at = 0; at < bytes.length; at += 4 + bytes.readInt32BE(at)) {
      const correlationId = bytes.readInt32BE(at + 8);
      // length, correlation id, tags | throttle time, error code, tags
      const answer = Buffer.alloc(4 + 4 + 1 + 4 + 2 + 1);
      answer.writeInt32BE(answer.length - 4, 0);
      answer.writeInt32BE(correlationId, 4);
      if (++requests === 1) await wait(300);
      socket.write(answer);
    }
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const connection = new Connection('test', { requestTimeout: 100 });
connection.on('error', () => undefined);
await connection.connect('127.0.0.1', server.address().port);
const beat = () =>
  heartbeatV4.api.async(connection, 'group', 1, 'member', null).then(
    ({ errorCode }) => `answered, error code ${errorCode}`,
    ({ message }) => message,
  );

const first = await beat();
await wait(400);
const second = await beat();
console.log(`@platformatic/kafka 1.35.0: answered after its timeout: ${first}; answered in time: ${second}`);
server.close();
assert.equal(first, 'Request timed out');
assert.equal(second, 'Connection closed');
process.exit(0);
JS
node ask.mjs
