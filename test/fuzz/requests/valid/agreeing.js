const CHECK_TYPES = ['http', 'tcp', 'grpc', 'tls', 'dns', 'ttl'];
const OF_TLS = [
  'ca',
  'client_certificate',
  'client_key',
  'server_name',
  'authority',
  'verify',
  'tls_skip_verify',
];
const BODY_RULES = ['body_contains', 'body_lacks', 'body_json'];

/** The same object without members that do not go together, which no schema tells. */
export function agreeing(value) {
  if ('kind' in value) return token(value);
  if (CHECK_TYPES.includes(value.type)) return check(value);
  if ('record' in value) return dnsTarget(value);
  const target = 'host' in value || 'url' in value ? tlsTarget(value) : value;
  return 'url' in target ? httpTarget(target) : target;
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

/** Certificates are none that anybody made up, and a name is one; both spellings of verify agree. */
function tlsTarget(value) {
  const { verify, tls_skip_verify, server_name, authority } = value;
  const isSecure = value.tls === true || 'warn_before' in value || value.url?.startsWith('https:');
  return {
    ...without(OF_TLS, value),
    ...(tls_skip_verify !== undefined && { tls_skip_verify: tls_skip_verify && isSecure }),
    ...(verify !== undefined && tls_skip_verify === undefined && { verify: verify || !isSecure }),
    ...(server_name !== undefined && isSecure && { server_name: 'shop.example' }),
    ...(authority !== undefined && { authority: 'orders.example:443' }),
  };
}

/** A name, records of its type, and one condition at most. */
function dnsTarget({ expected, contains, server }) {
  const records = ['192.0.2.1'];
  return {
    name: 'shop.example',
    record: 'A',
    ...(expected ? { expected: records } : contains && { contains: records }),
    ...(server !== undefined && { server: '127.0.0.1:53' }),
  };
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
