#!/usr/bin/env bash
# cron 4.4.0 (the scheduler under @nestjs/schedule 12) runs a daily job of 03:00 twice on the day on which clocks are
# set back from 03:00 to 02:00: once an hour early, at the second 02:00, and once at 03:00. croner 11.0.1 runs it once.
# In Europe/Berlin that day is 2026-10-25; 03:00 there is 02:00 UTC, and 01:00 UTC is the second 02:00.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cron@4.4.0 croner@11.0.1

cat >schedule.mjs <<'JS'
import assert from 'node:assert/strict';
import { CronTime } from 'cron';
import { Cron } from 'croner';

const EXPRESSION = '0 3 * * *';
const ZONE = 'Europe/Berlin';
const start = new Date('2026-10-24T23:30:00Z');
const end = new Date('2026-10-26T00:00:00Z');

function runs(next) {
  const found = [];
  for (let at = next(start); at < end; at = next(at)) found.push(at.toISOString());
  return found;
}
const time = new CronTime(EXPRESSION, ZONE);
const byCron = runs((from) => time.getNextDateFrom(from, ZONE).toJSDate());
const schedule = new Cron(EXPRESSION, { timezone: ZONE });
const byCroner = runs((from) => schedule.nextRun(from));

console.log(`"${EXPRESSION}" in ${ZONE} on 2026-10-25`);
console.log(`cron 4.4.0:    ${byCron.join(', ')}`);
console.log(`croner 11.0.1: ${byCroner.join(', ')}`);
assert.deepEqual(byCron, ['2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000Z']);
assert.deepEqual(byCroner, ['2026-10-25T02:00:00.000Z']);
JS
node schedule.mjs
