import { maxReceivedBytes, type ReceivedBody } from '@vitals/core/content';
import { type AnswerHead, type AnswerListener, AnswerReader } from '@vitals/core/http1';
import { canParseUrl, tlsIdentityOf } from '@vitals/core/check';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import { abortable } from '../abortable.js';

/** What is asked. */
export interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: ConnectionOptions['ca'];
  /** How many bytes of the content of an answer with this code matter; 0: the code says all. */
  readonly maxBodyBytes: (statusCode: number) => number;
}

/** What was answered. */
export interface Answer {
  readonly statusCode: number;
  /** `undefined` if it does not matter; then nobody waited for it. */
  readonly body: ReceivedBody | undefined;
}

/**
 * Makes one request over a connection of its own, which is closed afterwards: whether one can be made is part of the
 * question.
 * @throws AnswerFault, the error of the socket, or the signal's reason
 */
export function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  return abortable(signal, (resolve, reject) => {
    const socket = open(question);
    const reader = new AnswerReader(question.method, new Hearing(question, resolve));
    const attempt = (read: () => void): void => {
      try {
        read();
      } catch (fault) {
        reject(fault);
      }
    };
    socket.on('error', reject);
    socket.on('data', (bytes) => attempt(() => reader.read(bytes)));
    socket.on('end', () => attempt(() => reader.close()));
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.write(requestOf(question), 'latin1');
    return () => socket.destroy();
  });
}

function open({ url, ca, headers }: Question): Socket {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const place = { host, port: Number(url.port || (isSecure ? 443 : 80)) };
  if (!isSecure) return connect(place);
  return connectSecurely({ ...place, ...askedNameOf(url, headers), ca, ALPNProtocols: ['http/1.1'] });
}

/** A `host` header names the server in TLS too, as `node:https` has it; by SNI without the dot at its end. */
function askedNameOf(url: URL, headers: Question['headers']): Pick<ConnectionOptions, 'servername'> {
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const named = `http://${own ?? url.host}`;
  const { hostname } = canParseUrl(named) ? new URL(named) : url;
  return { servername: tlsIdentityOf(hostname).serverName };
}

/** Names and values were found to be such as HTTP allows. */
function requestOf({ url, method, headers }: Question): string {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const fields = new Map([['host', url.host], ...given, ['connection', 'close']]);
  if (method === 'POST') fields.set('content-length', '0');
  const lines = [...fields].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Keeps of an answer what matters. */
class Hearing implements AnswerListener {
  private head: AnswerHead | undefined;
  private bytes: Buffer = Buffer.alloc(0);
  private size = 0;
  private mostBytes = 0;

  constructor(
    private readonly question: Question,
    private readonly done: (answer: Answer) => void,
  ) {}

  onHead(head: AnswerHead): void {
    this.head = head;
    const maxBodyBytes = this.question.maxBodyBytes(head.statusCode);
    if (maxBodyBytes === 0) return this.done({ statusCode: head.statusCode, body: undefined });
    const isEncoded = head.contentEncoding !== undefined || head.transferEncoding !== undefined;
    this.mostBytes = maxReceivedBytes(maxBodyBytes, isEncoded);
  }

  onBody(part: Buffer): void {
    const kept = Math.min(part.length, this.mostBytes - this.size);
    if (this.size + kept > this.bytes.length) {
      // twice as much, for what comes may be many small parts
      const larger = Buffer.allocUnsafe(Math.min(this.mostBytes, 2 * (this.size + kept)));
      this.bytes.copy(larger, 0, 0, this.size);
      this.bytes = larger;
    }
    part.copy(this.bytes, this.size, 0, kept);
    this.size += kept;
    if (kept < part.length) this.finish(true);
  }

  onEnd(): void {
    this.finish(false);
  }

  private finish(isCut: boolean): void {
    const { statusCode, contentType, contentEncoding, transferEncoding } = this.head as AnswerHead;
    const bytes = this.bytes.subarray(0, this.size);
    this.done({ statusCode, body: { bytes, isCut, contentType, contentEncoding, transferEncoding } });
  }
}
