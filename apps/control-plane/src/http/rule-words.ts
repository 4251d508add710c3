/** The default messages of class-validator and of Ajv, and how they are said here; the name of the member is left out. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^must be shorter than or equal to (\d+) characters$/, 'must be at most $1 characters'],
  [
    /^must be longer than or equal to (\d+) and shorter than or equal to (\d+) characters$/,
    'must be $1 to $2 characters',
  ],
  [/^must be longer than or equal to (\d+) characters$/, 'must be at least $1 characters'],
  [/^must be one of the following values: (.*)$/s, 'must be one of $1'],
  [/^must not be greater than (-?\d+)$/, 'must be at most $1'],
  [/^must not be less than (-?\d+)$/, 'must be at least $1'],
  [/^must be an integer number$/, 'must be an integer'],
  [/^must be a boolean value$/, 'must be true or false'],
  [/^must contain no more than (\d+) elements$/, 'must have at most $1 items'],
  [/^must be a non-empty object$/, 'must be an object that is not empty'],
  [/^must be (string|number|boolean)$/, 'must be a $1'],
  [/^must be (integer|object|array)$/, 'must be an $1'],
  [/^must NOT have more than (\d+) (items|characters)$/, 'must have at most $1 $2'],
  [/^must NOT have fewer than (\d+) (items|characters)$/, 'must have at least $1 $2'],
  [/^nested property \S+ must be either object or array$/, 'must be an object'],
  [/^must be >= (-?\d+)$/, 'must be at least $1'],
  [/^must be <= (-?\d+)$/, 'must be at most $1'],
];

/**
 * What a rule says, as all rules say it: "must be a string", "must be at most 253 characters".
 * @param member the name of the member, with which validators begin their messages
 */
export function ruleWords(message: string, member = ''): string {
  const own = member !== '' && message.startsWith(`${member} `) ? message.slice(member.length + 1) : message;
  const [, each = '', rule = own] = /^(each value) in \S+ (.*)$/s.exec(own) ?? [];
  const known = WORDS.find(([pattern]) => pattern.test(rule));
  const said = known ? rule.replace(...known) : rule;
  return each === '' ? said : `${each} ${said}`;
}
