import type { IncomingHttpHeaders } from 'node:http';

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
/** The three forms of a date in HTTP (RFC 9110 section 5.6.7). */
const DATES = [
  new RegExp(`^[A-Z][a-z]{2}, \\d{2} ${MONTH} \\d{4} ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`),
];

/**
 * How long `Retry-After` asks to wait, in milliseconds, however long that is: whole seconds, or a date (RFC 9110
 * section 10.2.3). A date is compared with the `Date` of the same answer, for the clock of a provider may be off;
 * with `nowMs`, in epoch milliseconds, where there is none. `undefined` for nothing, and for what is neither.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const untilMs = readDate(text);
  return untilMs === undefined ? undefined : Math.max(0, untilMs - (readDate(headers.date) ?? nowMs));
}

function readDate(text = ''): number | undefined {
  if (!DATES.some((form) => form.test(text))) return undefined;
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
