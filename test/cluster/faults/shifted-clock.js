// Preloaded by --import: the wall clock is off by so many milliseconds; monotonic time is left alone.
const shiftMs = Number(process.env.SHIFTED_CLOCK_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
};
