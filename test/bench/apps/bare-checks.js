import { Agent, request } from 'undici';

/** The least that can be called a check: every target is asked every interval with undici, and nothing is kept. */
const { TARGETS_PORT, TARGETS, INTERVAL_MS } = process.env;
const dispatcher = new Agent({ keepAliveTimeout: 120_000, headersTimeout: 2_000, bodyTimeout: 2_000 });
const size = Number(TARGETS);
const intervalMs = Number(INTERVAL_MS);

async function check(url) {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

for (let number = 0; number < size; number++) {
  const url = `http://127.1.${Math.floor(number / 250)}.${number % 250}:${TARGETS_PORT}/health/`;
  setTimeout(
    () => {
      void check(url);
      setInterval(() => void check(url), intervalMs);
    },
    (number / size) * intervalMs,
  );
}
process.send({ listening: 0 });
