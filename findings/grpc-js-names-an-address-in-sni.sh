#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7 sends an IP address in the server name indication of TLS when it connects to one. RFC 6066
# section 3: literal IPv4 and IPv6 addresses are not permitted in "HostName". Node's own tls.connect, given the same
# address, sends none. A server that refuses such names closes the connection, and the health of a service is unknown.
set -euo pipefail

command -v openssl >/dev/null || { echo "openssl is needed" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=health \
  -addext 'subjectAltName=IP:127.0.0.1' -keyout key.pem -out cert.pem 2>/dev/null

cat >ask.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';
import grpc from '@grpc/grpc-js';

const [key, cert] = [readFileSync('key.pem'), readFileSync('cert.pem')];
const names = [];
const server = createServer({ key, cert, ALPNProtocols: ['h2'] }, (socket) => {
  names.push(socket.servername || 'none');
  socket.on('error', () => undefined).destroy();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const plain = connect({ host: '127.0.0.1', port, ca: cert, ALPNProtocols: ['h2'] });
plain.on('error', () => undefined);
await once(plain, 'close');

const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createSsl(cert));
await new Promise((resolve) => client.waitForReady(Date.now() + 2_000, resolve));
client.close();
server.close();

const [byNode, byGrpc] = names;
console.log(`Node.js ${process.version}: tls.connect names ${byNode}`);
console.log(`@grpc/grpc-js 1.14.7 names ${byGrpc}`);
assert.equal(byNode, 'none');
assert.equal(byGrpc, '127.0.0.1');
process.exit(0);
JS
node ask.mjs
