/** An answer that is written as JSON already; `T` is what it says. */
export class JsonText<T> {
  /** Never there: it keeps a text of one type from being taken for another. */
  declare readonly says: T;
  /** The kernel takes bytes from where they lie; of a text Node would make copies. */
  readonly bytes: Buffer;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }
}

/** What the answer of a handler says, in whatever form it is given. */
export type Said<R> = R extends { readonly says: infer T } ? T : R;
