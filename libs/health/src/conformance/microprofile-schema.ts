const STATUSES: readonly unknown[] = ['UP', 'DOWN'];
const ROOT_MEMBERS = ['status', 'checks'];
const DATA_TYPES = ['string', 'number', 'boolean'];

/**
 * Where a value differs from the JSON schema of MicroProfile Health 4.0, in words; empty if it conforms. The
 * schema allows no further members at the root, any inside a check, and only plain values in `data`.
 */
export function breachesOfSchema(answer: unknown): string[] {
  if (!isObject(answer)) return ['the answer is not an object'];
  const further = Object.keys(answer).filter((member) => !ROOT_MEMBERS.includes(member));
  const breaches = further.map((member) => `the root has the further member ${JSON.stringify(member)}`);
  if (!STATUSES.includes(answer['status'])) breaches.push('"status" is neither "UP" nor "DOWN"');
  if (!Array.isArray(answer['checks'])) return [...breaches, '"checks" is not an array'];
  return [
    ...breaches,
    ...answer['checks'].flatMap((check, index) => breachesOfCheck(check, `checks[${index}]`)),
  ];
}

function breachesOfCheck(check: unknown, at: string): string[] {
  if (!isObject(check)) return [`${at} is not an object`];
  const breaches: string[] = [];
  if (typeof check['name'] !== 'string') breaches.push(`${at}.name is not a string`);
  if (!STATUSES.includes(check['status'])) breaches.push(`${at}.status is neither "UP" nor "DOWN"`);
  if (!('data' in check)) return breaches;
  if (!isObject(check['data'])) return [...breaches, `${at}.data is not an object`];
  const wrong = Object.entries(check['data']).filter(([, value]) => !DATA_TYPES.includes(typeof value));
  return [...breaches, ...wrong.map(([key]) => `${at}.data[${JSON.stringify(key)}] is not a plain value`)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
