/** What a provider registers as; members as they are on the wire. */
export interface ProviderRegistration {
  readonly endpoint: string;
  readonly service_type: string;
  readonly schema_version: string;
  readonly display_name?: string;
  readonly operations?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a provider has and lends: cores or `"500m"`, bytes or `"16GB"`. */
export interface ProviderInfo {
  readonly capacity: Readonly<Record<string, number | string>>;
  readonly allocated?: Readonly<Record<string, number | string>>;
  readonly capabilities?: readonly string[];
}

/** What a provider may be called. */
const NAME = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/;

/** What is wrong with the name of a provider, if anything is. */
export function faultOfName(name: unknown): string | undefined {
  if (typeof name === 'string' && NAME.test(name)) return undefined;
  return `${JSON.stringify(name)} is not a valid name: use 1 to 253 of a-z, 0-9, ".", "_" and "-", with a letter or digit at both ends`;
}
