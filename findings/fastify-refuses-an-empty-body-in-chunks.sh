#!/usr/bin/env bash
# Fastify 5.12.8 answers 415 to a request whose body is empty, in chunks and without a content type, also on a route that
# reads no body (DELETE). The same request with "content-length: 0" is handled. Clients that stream a body whose length
# they do not know send the first form (RFC 9112 section 7.1: the last chunk alone is an empty body).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify@5.12.8

cat >ask.mjs <<'JS'
import assert from 'node:assert/strict';
import { request } from 'node:http';
import Fastify from 'fastify';

const app = Fastify();
app.delete('/thing', async () => 'deleted');
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address();

const statusOf = (headers) =>
  new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/thing', method: 'DELETE', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', reject).end();
  });

const whole = await statusOf({ 'content-length': '0' });
const chunked = await statusOf({ 'transfer-encoding': 'chunked' });
console.log(`fastify 5.12.8, DELETE with an empty body: content-length: 0 ${whole}, in chunks ${chunked}`);
await app.close();
assert.deepEqual([whole, chunked], [200, 415]);
JS
node ask.mjs
