#!/usr/bin/env bash
# close() of libsql 0.5.29 (the SQLite driver for Node.js) does not close the database: with journal_mode=WAL everything
# written stays in the -wal file, and a copy of the main file alone has no tables. SQLite's own close checkpoints and
# deletes the -wal when the last connection closes (https://sqlite.org/wal.html), as Python's sqlite3 shows here.
# "PRAGMA wal_checkpoint(TRUNCATE)" before close() puts everything into the main file.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29

cat >close.mjs <<'JS'
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import Database from 'libsql';

function write(file, { checkpoint }) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE beats (name TEXT)');
  database.exec("INSERT INTO beats VALUES ('a')");
  if (checkpoint) database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  const left = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
  copyFileSync(file, `copy-of-${file}`);
  const tables = new Database(`copy-of-${file}`).prepare('SELECT name FROM sqlite_master').all();
  return { walBytes: left, tablesInCopy: tables.map(({ name }) => name).join() };
}

const plain = write('plain.db', { checkpoint: false });
const checkpointed = write('checkpointed.db', { checkpoint: true });
console.log('libsql 0.5.29, after close():', plain);
console.log('libsql 0.5.29, after wal_checkpoint(TRUNCATE) and close():', checkpointed);
assert.ok(plain.walBytes > 0);
assert.equal(plain.tablesInCopy, '');
assert.deepEqual(checkpointed, { walBytes: 0, tablesInCopy: 'beats' });
JS
node close.mjs

if command -v python3 >/dev/null; then
  python3 - <<'PY'
import os, sqlite3
connection = sqlite3.connect('python.db')
connection.execute('PRAGMA journal_mode = WAL')
connection.execute('CREATE TABLE beats (name TEXT)')
connection.commit()
connection.close()
print('SQLite %s by Python, after close(): -wal exists: %s' % (sqlite3.sqlite_version, os.path.exists('python.db-wal')))
assert not os.path.exists('python.db-wal')
PY
fi
