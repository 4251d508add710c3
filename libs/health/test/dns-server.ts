import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeAfterTest } from './ready-made-check.js';

/** What the server says of a name: records by type, or nothing at all. */
export type Zone = Readonly<Record<string, Readonly<Record<number, readonly Buffer[]>>>>;

/** Numbers of record types: RFC 1035, 2782, 3596. */
export const RECORD = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;

const HEADER_BYTES = 12;
const NAME_ERROR = 3;
const NO_ERROR = 0;

/** A DNS server over UDP (RFC 1035) with a zone; without one it reads questions and never answers. */
export async function dnsServer(zone?: Zone) {
  const questions: string[] = [];
  const socket = closeAfterTest(createSocket('udp4'));
  let asked: () => void = () => undefined;
  const firstQuestion = new Promise<void>((resolve) => (asked = resolve));
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query);
    questions.push(name);
    asked();
    if (!zone) return;
    const records = zone[name.toLowerCase()]?.[query.readUInt16BE(end)];
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(query.readUInt16BE(0), 0);
    header.writeUInt16BE(0x8180 | (zone[name.toLowerCase()] ? NO_ERROR : NAME_ERROR), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records?.length ?? 0, 6);
    const answers = (records ?? []).map((data) => answer(query.subarray(end, end + 2), data));
    socket.send(Buffer.concat([header, query.subarray(HEADER_BYTES, end + 4), ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { server: `127.0.0.1:${socket.address().port}`, questions, firstQuestion };
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
