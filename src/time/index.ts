export { Clock, SystemClock, type CancelTimer } from './clock.js';
export { ManualClock } from './manual-clock.js';
export {
  type Duration,
  durationText,
  formatDuration,
  parseDuration,
  parseDurationText,
  tryParseDuration,
} from './duration.js';
export { ExpiryEntry, ExpiryQueue } from './expiry-queue.js';
export { type JudgingTime, RunningClock } from './running-clock.js';
export { formatTimestamp, parseTimestamp, tryParseTimestamp } from './timestamp.js';
