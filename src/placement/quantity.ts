import { VitalsError } from '../errors.js';

/** Decimal units as SI has them, binary ones as IEC has them; `K`, `M`, … alone are decimal, as in Kubernetes. */
const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  p: 1e15,
  pb: 1e15,
  ki: 2 ** 10,
  kib: 2 ** 10,
  mi: 2 ** 20,
  mib: 2 ** 20,
  gi: 2 ** 30,
  gib: 2 ** 30,
  ti: 2 ** 40,
  tib: 2 ** 40,
  pi: 2 ** 50,
  pib: 2 ** 50,
};

/**
 * Reads an amount of memory or storage: bytes as a number, or text such as `"1TB"`, `"512MiB"`, `"8 GB"`.
 * @returns whole bytes, 0 to 2⁵³ − 1
 * @throws VitalsError `quantity-invalid`, naming what is accepted
 */
export function parseBytes(quantity: number | string): number {
  const match = /^(\d{1,18}(?:\.\d{1,18})?)\s?([a-z]{0,3})$/i.exec(String(quantity).trim());
  const factor = match && BYTES_PER_UNIT[(match[2] as string).toLowerCase()];
  const bytes =
    match && factor !== undefined ? Math.round(Number(match[1]) * (factor as number)) : Number.NaN;
  if (!Number.isSafeInteger(bytes)) {
    throw new VitalsError(
      'quantity-invalid',
      `${show(quantity)} is not an amount of bytes: give a number of bytes, or text such as "512MiB" or "1TB"`,
    );
  }
  return bytes;
}

/** What nine digits can say, below which a number is taken as it is: sums and shares have many decimals. */
const MAX_CORES = 1e9;

/**
 * Reads an amount of CPU: cores as a number, or text such as `"2"`, `"1.5"`, `"500m"` (thousandths).
 * @returns cores, at least 0
 * @throws VitalsError `quantity-invalid`, naming what is accepted
 */
export function parseCores(quantity: number | string): number {
  if (typeof quantity === 'number' && quantity >= 0 && quantity < MAX_CORES) return quantity;
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(m?)$/.exec(String(quantity).trim());
  if (!match) {
    throw new VitalsError(
      'quantity-invalid',
      `${show(quantity)} is not an amount of CPU: give cores as a number, or text such as "1.5" or "500m"`,
    );
  }
  return match[2] ? Number(match[1]) / 1_000 : Number(match[1]);
}

function show(quantity: unknown): string {
  return JSON.stringify(quantity)?.slice(0, 64) ?? String(quantity);
}
