import { DEPTH_DETAIL, MAX_DEPTH } from './member-rules.js';
import { pointerTo } from './pointer-to.js';
import { characterText, codeText, placeText, shownName } from './text-rule.js';

/** What makes a text no JSON, or ambiguous JSON. It quotes one character of the text at most. */
export interface SyntaxFault {
  /** In UTF-16 code units from the beginning. */
  readonly offset: number;
  readonly detail: string;
  /** JSON Pointer of the list or object in which it lies. */
  readonly pointer: string;
}

/** A list or an object that is not closed yet. */
interface Open {
  readonly closer: ']' | '}';
  /** Names of an object, and where each was; `undefined` before the first one. */
  names: Map<string, number> | undefined;
  /** The name or the index of the member that is being read. */
  key: string | number;
}

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end' | 'end';

const WORDS: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  name: 'a member name in double quotes',
  'name or }': 'a member name in double quotes or "}"',
  colon: '":"',
  'comma or end': 'a comma or the closing bracket',
  end: 'the end of the text',
};

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const WHITESPACE: readonly number[] = [32, 9, 13, 10];
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Finds the first place where a text departs from JSON (RFC 8259), where an object has a name twice, or where it is
 * nested too deep; `undefined` if there is none. It is slow: for texts that are known to be wrong.
 * @param isJson whether `JSON.parse` reads the text: then what is nested too deep is passed over
 */
export function findSyntaxFault(text: string, isJson = false): SyntaxFault | undefined {
  return new Scanner(text, isJson).scan();
}

class Scanner {
  private readonly open: Open[] = [];
  private at = 0;
  private expected: Expected = 'value';

  constructor(
    private readonly text: string,
    private readonly isJson: boolean,
  ) {}

  scan(): SyntaxFault | undefined {
    for (;;) {
      while (WHITESPACE.includes(this.text.charCodeAt(this.at))) this.at++;
      const character = this.text[this.at];
      if (character === undefined) return this.expected === 'end' ? undefined : this.unexpected();
      const fault = this.take(character);
      if (fault) return fault;
    }
  }

  private take(character: string): SyntaxFault | undefined {
    const innermost = this.open.at(-1);
    switch (this.expected) {
      case 'value':
      case 'value or ]':
        if (character === ']' && this.expected === 'value or ]') return this.close();
        return this.takeValue(character);
      case 'name':
      case 'name or }':
        if (character === '}' && this.expected === 'name or }') return this.close();
        return character === '"' ? this.takeName(innermost as Open) : this.unexpected();
      case 'colon':
        return character === ':' ? this.next('value') : this.unexpected();
      case 'comma or end':
        if (character === innermost?.closer) return this.close();
        if (character !== ',' || !innermost) return this.unexpected();
        if (typeof innermost.key === 'number') innermost.key++;
        return this.next(innermost.closer === '}' ? 'name' : 'value');
      case 'end':
        return this.unexpected();
      default:
        return this.expected satisfies never;
    }
  }

  private takeValue(character: string): SyntaxFault | undefined {
    if (character === '{' || character === '[') {
      if (this.open.length < MAX_DEPTH) return this.begin(character);
      if (!this.isJson) return this.fault(DEPTH_DETAIL);
      this.skipNested();
    } else if (character === '"') {
      const fault = this.skipString();
      if (fault) return fault;
    } else if (!this.skip(SCALAR)) return this.unexpected();
    this.expected = this.open.length === 0 ? 'end' : 'comma or end';
    return undefined;
  }

  private takeName(object: Open): SyntaxFault | undefined {
    const start = this.at;
    const fault = this.skipString();
    if (fault) return fault;
    const name = JSON.parse(this.text.slice(start, this.at)) as string;
    const before = object.names?.get(name);
    if (before !== undefined) {
      const detail = `the member ${JSON.stringify(shownName(name))} is there twice (first at ${placeText(this.text, before)}); keep one`;
      return this.fault(detail, start);
    }
    (object.names ??= new Map()).set(name, start);
    object.key = name;
    this.expected = 'colon';
    return undefined;
  }

  private begin(bracket: '{' | '['): undefined {
    const isObject = bracket === '{';
    this.open.push({ closer: isObject ? '}' : ']', names: undefined, key: isObject ? '' : 0 });
    return this.next(isObject ? 'name or }' : 'value or ]');
  }

  private close(): undefined {
    this.open.pop();
    return this.next(this.open.length === 0 ? 'end' : 'comma or end');
  }

  private next(expected: Expected): undefined {
    this.at++;
    this.expected = expected;
  }

  /** Only for what `JSON.parse` reads: brackets are counted, and not paired. */
  private skipNested(): void {
    let levels = 0;
    do {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.skipString();
        continue;
      }
      if (code === BRACE || code === BRACKET) levels++;
      else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) levels--;
      this.at++;
    } while (levels > 0);
  }

  private skipString(): SyntaxFault | undefined {
    const start = this.at++;
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at++;
        return undefined;
      }
      if (code < SPACE)
        return this.fault(`a string must not contain ${codeText(code)} as it is; write it as an escape`);
      if (code !== BACKSLASH) continue;
      if (!this.skip(ESCAPE))
        return this.fault('a backslash in a string must begin an escape such as \\n or \\u00e9');
      this.at--;
    }
    return this.fault('a string is not closed', start);
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private unexpected(): SyntaxFault {
    const code = this.text.codePointAt(this.at);
    const found = code === undefined ? 'the text ends' : `there is ${characterText(code)}`;
    return this.fault(`expected ${WORDS[this.expected]}, but ${found}`);
  }

  private fault(detail: string, offset = this.at): SyntaxFault {
    const pointer = this.open
      .slice(0, -1)
      .reduce((parent, { key }) => pointerTo(parent, shownName(String(key))), '');
    return { offset, detail, pointer };
  }
}

const QUOTE = 34;
const SPACE = 32;
const BACKSLASH = 92;
const BRACE = 123;
const CLOSING_BRACE = 125;
const BRACKET = 91;
const CLOSING_BRACKET = 93;
