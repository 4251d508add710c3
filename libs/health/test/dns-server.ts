import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { closeAfterTest } from './ready-made-check.js';

/** What the server says of a name: records by type, or nothing at all. */
export type Zone = Readonly<Record<string, Readonly<Record<number, readonly Buffer[]>>>>;

/** Numbers of record types: RFC 1035, 2782, 3596. */
export const RECORD = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
} as const;

/** What goes wrong with every question: RFC 1035 section 4.1.1. */
export interface DnsTrouble {
  /** The code of the answer, such as 2, SERVFAIL; its records are left out. */
  readonly code?: number;
  /** Over UDP no record fits; over TCP there is all of it, or nobody. */
  readonly truncated?: 'tcp' | 'no tcp';
}

const HEADER_BYTES = 12;
const NAME_ERROR = 3;
const NO_ERROR = 0;
/** An answer, with recursion wanted and available. */
const ANSWERED = 0x8180;
const TRUNCATED = 0x0200;

/** A DNS server over UDP and TCP (RFC 1035) with a zone; without one it reads questions and never answers. */
export async function dnsServer(zone?: Zone, { code, truncated }: DnsTrouble = {}) {
  const questions: string[] = [];
  const socket = closeAfterTest(createSocket('udp4'));
  let asked: () => void = () => undefined;
  const firstQuestion = new Promise<void>((resolve) => (asked = resolve));
  const answerTo = (query: Buffer, isCut: boolean): Buffer => {
    const { name, end } = readName(query);
    const records = code === undefined && !isCut ? zone?.[name.toLowerCase()]?.[query.readUInt16BE(end)] : [];
    const ownCode = zone?.[name.toLowerCase()] ? NO_ERROR : NAME_ERROR;
    const flags = ANSWERED | (isCut ? TRUNCATED : 0) | (code ?? ownCode);
    const header = dnsNumbers(query.readUInt16BE(0), flags, 1, records?.length ?? 0, 0, 0);
    const answers = (records ?? []).map((data) => answer(query.subarray(end, end + 2), data));
    return Buffer.concat([header, query.subarray(HEADER_BYTES, end + 4), ...answers]);
  };
  socket.on('message', (query, { port, address }) => {
    questions.push(readName(query).name);
    asked();
    if (zone) socket.send(answerTo(query, truncated !== undefined), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  if (truncated === 'tcp') {
    const tcp = createServer((connection) => {
      connection.on('error', () => undefined);
      connection.on('data', (data) => {
        const reply = answerTo(data.subarray(2), false);
        connection.write(Buffer.concat([dnsNumbers(reply.length), reply]));
      });
    });
    closeAfterTest(tcp).listen(port, '127.0.0.1');
    await once(tcp, 'listening');
  }
  return { server: `127.0.0.1:${port}`, port, questions, firstQuestion };
}

/** A name as it stands in a record. */
export function dnsName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** 16-bit numbers as they stand in a record. */
export function dnsNumbers(...numbers: readonly number[]): Buffer {
  return Buffer.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));
}

/** The name of the question, by a pointer, and a minute to live. */
function answer(type: Buffer, data: Buffer): Buffer {
  return Buffer.concat([dnsNumbers(0xc000 | HEADER_BYTES), type, dnsNumbers(1, 0, 60, data.length), data]);
}

function readName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
