import { AnswerFault, noHttp } from './answer-head.js';

const [LF, CR, SEMICOLON, SPACE, TAB] = [0x0a, 0x0d, 0x3b, 0x20, 0x09] as const;

/** What a chunk costs beside its data in bytes, however small it is; what is above that is padding. */
const USUAL_FRAMING = 16;

type Place = 'size' | 'extension' | 'end of size' | 'data' | 'end of data' | 'trailer' | 'over';

/**
 * Undoes the chunked transfer coding (RFC 9112 section 7.1). Extensions and trailers are read over, and lines may end
 * in LF alone.
 */
export class ChunkedBody {
  /** Whether every line ended as it should. */
  isExact = true;
  /** How many bytes were neither data nor what a chunk usually costs. */
  padding = 0;
  private place: Place = 'size';
  private framing = 0;
  private size = 0;
  private digits = 0;
  private afterCr = false;
  private isLineEmpty = true;

  /** Whether the last chunk and the trailers were read. */
  get isOver(): boolean {
    return this.place === 'over';
  }

  /**
   * Reads what came, at most to the end of the body, and tells of its data.
   * @returns how many bytes were read
   * @throws AnswerFault
   */
  read(bytes: Buffer, onData: (data: Buffer) => void): number {
    let at = 0;
    while (at < bytes.length && this.place !== 'over') {
      if (this.place === 'data') {
        const data = bytes.subarray(at, at + this.size);
        at += data.length;
        this.size -= data.length;
        if (this.size === 0) this.place = 'end of data';
        onData(data);
      } else this.step(bytes[at++] as number);
    }
    return at;
  }

  private step(byte: number): void {
    if (++this.framing > USUAL_FRAMING) this.padding++;
    switch (this.place) {
      case 'size':
        return this.readSize(byte);
      case 'extension':
        if (byte === CR) this.place = 'end of size';
        else if (byte === LF) this.endSize(false);
        return;
      case 'end of size':
        if (byte !== LF) throw new AnswerFault(noHttp('a CR stands in the middle of a line'));
        return this.endSize(true);
      case 'end of data':
        return this.readEndOfData(byte);
      case 'trailer':
        return this.readTrailer(byte);
      case 'data':
      case 'over':
        return;
      default:
        return this.place satisfies never;
    }
  }

  private readSize(byte: number): void {
    const digit = digitOf(byte);
    if (digit !== undefined) {
      this.digits++;
      this.size = this.size * 16 + digit;
      if (!Number.isSafeInteger(this.size)) throw new AnswerFault(noHttp('the size of a chunk is too large'));
      return;
    }
    if (this.digits === 0) throw new AnswerFault(noHttp('the size of a chunk is not a number'));
    if (byte === CR) this.place = 'end of size';
    else if (byte === LF) this.endSize(false);
    else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.place = 'extension';
    else throw new AnswerFault(noHttp('the size of a chunk is not a number'));
  }

  private endSize(isExact: boolean): void {
    if (!isExact) this.isExact = false;
    this.digits = 0;
    this.place = this.size === 0 ? 'trailer' : 'data';
  }

  private readEndOfData(byte: number): void {
    if (byte === CR && !this.afterCr) {
      this.afterCr = true;
      return;
    }
    if (byte !== LF) throw new AnswerFault(noHttp('a chunk is longer than it says'));
    if (!this.afterCr) this.isExact = false;
    this.afterCr = false;
    this.framing = 0;
    this.place = 'size';
  }

  private readTrailer(byte: number): void {
    if (byte === LF) {
      if (!this.afterCr) this.isExact = false;
      if (this.isLineEmpty) this.place = 'over';
      this.isLineEmpty = true;
    } else if (byte !== CR || this.afterCr) this.isLineEmpty = false;
    this.afterCr = byte === CR;
  }
}

function digitOf(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}
