import { EventEmitter } from 'node:events';

/** A connection whose client reads when it is told to. */
export class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  /** Whole messages, in order. */
  readonly sent: string[] = [];
  readonly pongs: string[] = [];
  readonly ended: string[] = [];
  pings = 0;
  private text = '';
  private readonly waiting: { readonly bytes: number; readonly done: () => void }[] = [];

  send(data: Buffer | string, options: { fin?: boolean } | (() => void), done = options as () => void): void {
    this.text += data.toString();
    if (typeof options === 'function' || options.fin !== false) {
      this.sent.push(this.text);
      this.text = '';
    }
    this.wait(data.length, done);
  }

  pong(data: Buffer, _mask: boolean, done: () => void): void {
    this.pongs.push(data.toString());
    this.wait(data.length, done);
  }

  ping(): void {
    this.pings++;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number): void {
    this.readyState = 2;
    this.ended.push(`close ${code}`);
  }

  terminate(): void {
    this.readyState = 3;
    this.ended.push('terminate');
    this.emit('close');
  }

  /** The client has read all that waits, or the first so many sends of it. */
  drain(most = this.waiting.length): void {
    for (const { bytes, done } of this.waiting.splice(0, most)) {
      this.bufferedAmount -= bytes;
      done();
    }
  }

  /** The client sends a text. */
  receive(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }

  private wait(bytes: number, done: () => void): void {
    this.bufferedAmount += bytes;
    this.waiting.push({ bytes, done });
  }
}
