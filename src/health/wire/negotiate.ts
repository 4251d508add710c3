import { problemAnswer, type WireAnswer } from './wire-answer.js';

/** What a report can be written as. */
export type HealthFormat =
  'microprofile' | 'vitals' | 'mp-0003' | 'health+json' | 'terminus' | 'spring' | 'text' | 'prometheus';

/** How a format is asked for by media type. */
interface Representation {
  readonly format: HealthFormat;
  readonly type: 'application' | 'text';
  /** Subtypes that are no other format's; the first is the one that is written. */
  readonly own: readonly string[];
  /** The subtype that it shares with others. */
  readonly shared: 'json' | 'plain';
  /** Whether the shared subtype alone can mean it; else it takes a `profile` to name it. */
  readonly plainly: boolean;
}

/** A part of `Accept`: RFC 9110, section 12.5.1. */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  readonly profile: string | undefined;
  readonly version: string | undefined;
}

/** How much a format is wanted; `specificity` is that of the range which says so. */
interface Rating {
  readonly specificity: number;
  readonly quality: number;
}

const VITALS = 'vnd.vitals.health+json';
const SPRING = ['v3', 'v2', 'v1'].map((version) => `vnd.spring-boot.actuator.${version}+json`);

/** By preference, where a client has none. */
const REPRESENTATIONS: readonly Representation[] = [
  { format: 'microprofile', type: 'application', own: [], shared: 'json', plainly: true },
  { format: 'health+json', type: 'application', own: ['health+json'], shared: 'json', plainly: false },
  { format: 'terminus', type: 'application', own: [], shared: 'json', plainly: true },
  { format: 'spring', type: 'application', own: SPRING, shared: 'json', plainly: false },
  { format: 'mp-0003', type: 'application', own: [], shared: 'json', plainly: true },
  { format: 'vitals', type: 'application', own: [VITALS], shared: 'json', plainly: false },
  { format: 'text', type: 'text', own: [], shared: 'plain', plainly: true },
  { format: 'prometheus', type: 'text', own: [], shared: 'plain', plainly: true },
];

/** Every format. */
export const HEALTH_FORMATS: readonly HealthFormat[] = REPRESENTATIONS.map(({ format }) => format);

const BY_FORMAT = new Map(REPRESENTATIONS.map((representation) => [representation.format, representation]));

/** In a query string `+` is a space. */
const NAMES: ReadonlyMap<string, HealthFormat> = new Map([
  ...REPRESENTATIONS.map(({ format }) => [format as string, format] as const),
  ['health json', 'health+json'],
  ['health-json', 'health+json'],
]);

/** The version of Prometheus' text format that is written. */
const PROMETHEUS_VERSION = '0.0.4';

/** Specificities of media ranges, and of the ranges that do not match. */
const NO_MATCH = -1;
const ANY = 0;
const ANY_OF_TYPE = 1;
const SHARED = 2;
const OWN = 3;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const MEDIA_RANGE = new RegExp(`^(${TOKEN})/(${TOKEN})$`);
const PARAMETER = new RegExp(`^(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")$`);
/** RFC 9110, section 12.4.2; Java's client leaves the zero before the point out. */
const QUALITY = /^(?:1(?:\.0{0,9})?|0(?:\.\d{0,9})?|\.\d{1,9})$/;

const NOT_ACCEPTABLE = problemAnswer(
  406,
  'Not Acceptable',
  `health is written as ?format= ${HEALTH_FORMATS.join(', ')}; or as Accept: ` +
    `application/json, application/json;profile="<format>", application/health+json, application/${SPRING[0]}, application/${VITALS}, ` +
    `text/plain, text/plain;version=${PROMETHEUS_VERSION}`,
);

/**
 * The format to answer in; `undefined` if `?format=`, which wins over `Accept`, has an unknown name, or several that
 * differ. `Accept` is read as RFC 9110 has it, in linear time, without its malformed parts. If nothing is left, or
 * nothing that there is, `fallback` answers (section 12.5.1 allows it): a probe must not fail for a header. Where a client wants several formats equally, the one
 * that it names most specifically is taken, then `fallback`. `application/json` is `fallback` if that is JSON of
 * any kind, else `microprofile`; with `;profile="<format>"` it is that format.
 */
export function chooseFormat(
  query: { getAll(name: string): string[] },
  accept: string | undefined,
  fallback: HealthFormat,
): HealthFormat | undefined {
  const names = query.getAll('format');
  if (names.length > 0) {
    const format = formatNamed(names[0] as string);
    return names.every((name) => formatNamed(name) === format) ? format : undefined;
  }
  if (accept === undefined || accept === '' || accept === '*/*') return fallback;
  if (accept === 'application/json') return isJson(fallback) ? fallback : 'microprofile';
  const ranges = splitUnquoted(accept, ',').flatMap((part) => readRange(part) ?? []);
  return bestOf(ranges, fallback) ?? fallback;
}

/** The answer to `?format=` with a format that there is not; it lists those that there are. */
export function notAcceptable(): WireAnswer {
  return NOT_ACCEPTABLE;
}

function formatNamed(name: string): HealthFormat | undefined {
  return NAMES.get(name.trim().toLowerCase());
}

function isJson(format: HealthFormat): boolean {
  return BY_FORMAT.get(format)?.shared === 'json';
}

function bestOf(ranges: readonly MediaRange[], fallback: HealthFormat): HealthFormat | undefined {
  const preferred = rate(fallback, ranges);
  let format: HealthFormat | undefined;
  let best: Rating = { quality: 0, specificity: NO_MATCH };
  const consider = (candidate: HealthFormat, rating: Rating): void => {
    const wantedMore = rating.quality - best.quality || rating.specificity - best.specificity;
    if (rating.quality > 0 && wantedMore > 0) [format, best] = [candidate, rating];
  };
  consider(fallback, preferred);
  for (const candidate of HEALTH_FORMATS) consider(candidate, rate(candidate, ranges));
  const anyJson = format !== undefined && isJson(format) && best.specificity === SHARED;
  const refused = preferred.specificity !== NO_MATCH && preferred.quality === 0;
  return anyJson && isJson(fallback) && !refused ? fallback : format;
}

function rate(format: HealthFormat, ranges: readonly MediaRange[]): Rating {
  const representation = BY_FORMAT.get(format) as Representation;
  let rating: Rating = { quality: 0, specificity: NO_MATCH };
  for (const range of ranges) {
    const specificity = match(representation, range);
    const closer = specificity - rating.specificity || range.quality - rating.quality;
    if (specificity !== NO_MATCH && closer > 0) rating = { specificity, quality: range.quality };
  }
  return rating;
}

function match({ format, type, own, shared, plainly }: Representation, range: MediaRange): number {
  if (range.type === '*') return ANY;
  if (range.type !== type) return NO_MATCH;
  if (range.subtype === '*') return ANY_OF_TYPE;
  if (range.subtype !== shared) return own.includes(range.subtype) ? OWN : NO_MATCH;
  if (shared === 'json' && range.profile !== undefined) {
    return formatNamed(range.profile) === format ? OWN : NO_MATCH;
  }
  if (shared === 'plain' && range.version !== undefined) {
    return format === 'prometheus' && range.version === PROMETHEUS_VERSION ? OWN : NO_MATCH;
  }
  return plainly ? SHARED : NO_MATCH;
}

function readRange(part: string): MediaRange | undefined {
  const [name = '', ...parameters] = splitUnquoted(part, ';').map((text) => text.trim());
  const [, type, subtype] = MEDIA_RANGE.exec(name.toLowerCase()) ?? [];
  if (type === undefined || subtype === undefined || (type === '*' && subtype !== '*')) return undefined;
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    if (parameter === '') continue;
    const [, key, token, quoted = ''] = PARAMETER.exec(parameter) ?? [];
    if (key === undefined) return undefined;
    values.set(key.toLowerCase(), token ?? quoted.replace(/\\(.)/g, '$1'));
  }
  const weight = values.get('q') ?? '1';
  if (!QUALITY.test(weight)) return undefined;
  return {
    type,
    subtype,
    quality: Number(weight),
    profile: values.get('profile'),
    version: values.get('version'),
  };
}

/** Splits at separators that are not within a quoted string; one that does not end reaches to the end. */
function splitUnquoted(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
