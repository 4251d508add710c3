#!/usr/bin/env bash
# The idempotent producer of @platformatic/kafka 1.35.0 (the newest line for Node.js 20) acknowledges records that are
# nowhere. It gives a sequence number when a send begins and moves it when the send is acknowledged, so two sends to a
# partition have the same number, and Kafka takes the second for a repetition of the first:
# 1. of twenty sends side by side one is appended, and all twenty are acknowledged with its offset
#    (https://github.com/platformatic/kafka/issues/326, for 2.1.0);
# 2. the send after one that timed out, and was appended nevertheless, is acknowledged with the offset of that one.
# Needs Java and Maven.
set -euo pipefail

folder=$(mktemp -d)
broker=
trap '{ [ -z "$broker" ] || kill -9 "$broker"; wait; } 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @platformatic/kafka@1.35.0
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version>
  </dependency></dependencies></project>
XML
mvn --batch-mode --quiet -Dstyle.color=never dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:29093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:29092,CONTROLLER://127.0.0.1:29093
log.dirs=$folder/log
PROPERTIES
java -cp 'lib/*' kafka.tools.StorageTool format --cluster-id AAAAAAAAAAAAAAAAAAAAAA --config server.properties >/dev/null 2>&1
java -Xmx320m -cp 'lib/*' kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

cat >send.mjs <<'JS'
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';

const options = { clientId: 'test', bootstrapBrokers: ['127.0.0.1:29092'], idempotent: true };
const admin = new Admin({ ...options, retries: 120, retryDelay: 500 });
await admin.createTopics({ topics: ['t'], partitions: 1, replicas: 1 });
await wait(1_000);
const appended = async () => {
  const partitions = [{ partitionIndex: 0, timestamp: -1n }];
  const [topic] = await admin.listOffsets({ topics: [{ name: 't', partitions }] });
  return Number(topic.partitions[0].offset);
};
const send = (producer, value) =>
  producer.send({ messages: [{ topic: 't', partition: 0, value: Buffer.from(value) }] }).then(
    ({ offsets }) => `acknowledged at ${offsets[0].offset}`,
    ({ message }) => message,
  );

const producer = new Producer({ ...options });
await send(producer, 'first');
let before = await appended();
const sideBySide = await Promise.all(Array.from({ length: 20 }, (_, i) => send(producer, `${i}`)));
const ofTwenty = (await appended()) - before;
console.log(`side by side: ${sideBySide.filter((text) => text.startsWith('ack')).length} acknowledged, ${ofTwenty} appended`);

const impatient = new Producer({ ...options, requestTimeout: 400 });
await send(impatient, 'first');
before = await appended();
const pid = Number(process.argv[2]);
process.kill(pid, 'SIGSTOP');
const late = await send(impatient, 'timed out');
process.kill(pid, 'SIGCONT');
await wait(1_000);
let next;
do next = await send(impatient, 'next');
while (!next.startsWith('ack'));
const ofTwo = (await appended()) - before;
console.log(`a send is answered "${late}"; the next one is ${next}; appended: ${ofTwo} of 2`);
assert.equal(ofTwenty, 1);
assert.equal(ofTwo, 1);
process.exit(0);
JS
node send.mjs "$broker"
