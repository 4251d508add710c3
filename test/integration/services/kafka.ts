import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/control-plane-process.js';
import { findExecutable } from './find-executable.js';
import { Service, type ServicePlace } from './service.js';

const KAFKA_VERSION = '4.1.1';

/** What Kafka logs with is left to the user; this one writes warnings to the log of the service. */
const LOGGER = 'org.slf4j:slf4j-simple:1.7.36';

/** Fetched once; afterwards the tests need no network. */
const LIBRARIES = resolve('node_modules/.cache/vitals', `kafka-${KAFKA_VERSION}`);

const CLUSTER_ID = Buffer.from('vitals-test-kafka').subarray(0, 16).toString('base64url');
const JVM = [
  '-Xmx320m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** What a broker has besides a listener that everybody may use. */
export interface FurtherListeners {
  /** `NAME://127.0.0.1:port`, with commas between them. */
  readonly listeners: string;
  /** Where clients are told to come instead, in the same form. */
  readonly advertised?: string;
  /** `NAME:PROTOCOL`, with commas between them. */
  readonly protocols: string;
  /** Lines of the broker's settings. @param folder in which files may be written */
  properties(folder: string): readonly string[];
  /** Arguments with which the storage is formatted. */
  readonly format: readonly string[];
}

/**
 * Apache Kafka in KRaft mode, broker and controller in one process, on loopback; empty, or with what the given folder has
 * already.
 */
export async function startKafka(further?: FurtherListeners, place: ServicePlace = {}): Promise<Service> {
  const command = findExecutable(['java'], [], 'Debian: apt-get install default-jre-headless');
  fetchLibraries();
  const [port, controllerPort] = [place.port ?? (await freePort()), await freePort()];
  const folder = place.folder ?? mkdtempSync(join(tmpdir(), 'vitals-kafka-'));
  const settings = join(folder, 'server.properties');
  writeFileSync(settings, propertiesOf(folder, port, controllerPort, further));
  const java = [...JVM, '-cp', join(LIBRARIES, '*')];
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', settings];
  format.push('--ignore-formatted', ...(further?.format ?? []));
  execFileSync(command, [...java, ...format], { stdio: 'pipe' });
  const args = [...java, 'kafka.Kafka', settings];
  const options = { name: 'Kafka', command, args, startWithinMs: 60_000, ...place, folder, port };
  return new Service(options).start();
}

function propertiesOf(
  folder: string,
  port: number,
  controllerPort: number,
  further?: FurtherListeners,
): string {
  const own = [`PLAINTEXT://127.0.0.1:${port}`];
  const open = own.concat(further?.listeners ?? []).join(',');
  const advertised = own.concat(further?.advertised ?? further?.listeners ?? []).join(',');
  const protocols = ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT']
    .concat(further?.protocols ?? [])
    .join(',');
  return `
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:${controllerPort}
    controller.listener.names=CONTROLLER
    listeners=${open},CONTROLLER://127.0.0.1:${controllerPort}
    advertised.listeners=${advertised}
    listener.security.protocol.map=${protocols}
    log.dirs=${join(folder, 'log')}
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    group.initial.rebalance.delay.ms=0
    auto.create.topics.enable=false
    ${(further?.properties(folder) ?? []).join('\n')}
  `.replace(/^ +/gm, '');
}

/** From Maven Central, through the ordinary client; into place in one step, so that half of it is never used. */
function fetchLibraries(): void {
  if (existsSync(LIBRARIES)) return;
  const maven = findExecutable(['mvn'], [], 'Debian: apt-get install maven');
  const folder = mkdtempSync(join(tmpdir(), 'vitals-kafka-libraries-'));
  const staged = `${LIBRARIES}.${process.pid}`;
  mkdirSync(staged, { recursive: true });
  try {
    writeFileSync(
      join(folder, 'pom.xml'),
      projectOf([`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, LOGGER]),
    );
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${staged}`];
    process.stdout.write('\nfetching Apache Kafka from Maven Central, once\n');
    execFileSync(maven, ['--batch-mode', '--quiet', ...goal], {
      cwd: folder,
      stdio: 'pipe',
      timeout: 300_000,
    });
    moveInto(staged, LIBRARIES);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(staged, { recursive: true, force: true });
  }
}

/** Another process may have been first: its folder is as good. */
function moveInto(staged: string, place: string): void {
  try {
    renameSync(staged, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}

function projectOf(dependencies: readonly string[]): string {
  const listed = dependencies.map((dependency) => {
    const [group, artifact, version] = dependency.split(':');
    const place = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
    return `<dependency>${place}</dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
    <groupId>vitals</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
    <dependencies>${listed.join('')}</dependencies></project>`;
}
