const CHECK_TYPES = ['http', 'tcp', 'grpc', 'tls', 'ttl'];
const BODY_RULES = ['body_contains', 'body_lacks', 'body_json'];

/** The same object without members that do not go together, which no schema tells. */
export function agreeing(value) {
  if ('kind' in value) return token(value);
  if (CHECK_TYPES.includes(value.type)) return check(value);
  if ('url' in value) return httpTarget(value);
  if ('tls_skip_verify' in value && !value.tls) return { ...value, tls_skip_verify: false };
  return value;
}

/** A token that only reads has no names. */
function token({ names, ...others }) {
  const isForAll = others.kind === 'read-only' || names === undefined;
  return isForAll ? others : { ...others, names };
}

/** A check looks at one thing. */
function check(value) {
  const { type, maintenance } = value;
  const others = CHECK_TYPES.filter((other) => other !== type);
  if (type === 'ttl') others.push('timeout');
  return {
    ...without(others, value),
    ...(value.failures_before_warning && { failures_before_critical: 100 }),
    ...(maintenance && { maintenance: maintenance.map(maintenanceWindow) }),
  };
}

function without(names, value) {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** A window is once, or again and again. */
function maintenanceWindow({ start, cron = '0 3 * * *', duration = '1h', time_zone = 'UTC' }) {
  if (!start) return { cron, duration, time_zone };
  return { start, end: new Date(Date.parse(start) + 3_600_000).toISOString() };
}

/** What only asks sends no body, and codes are those that HTTP has. */
function httpTarget({ body, expected_codes, ...others }) {
  const [, ...more] = BODY_RULES.filter((rule) => rule in others);
  return {
    ...without(more, others),
    ...(expected_codes && { expected_codes: [204, '300-399'] }),
    ...(body !== undefined && { body, method: 'POST' }),
  };
}
