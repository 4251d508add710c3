import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';

/** Open collections and keys at a time; the composer would exhaust the stack, and end the process, far beyond. */
const MAX_DEPTH = 200;

/** The same version and schema for whatever is read; keys are text, aliases are resolved by `YamlValues`. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  stringKeys: true,
  // it would compare each key with each other
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong at an offset of the text. */
export interface YamlFault {
  readonly offset: number;
  readonly detail: string;
}

/** One YAML 1.2 document, of which JSON is a part; composed, but not yet believed. */
export interface YamlText {
  readonly document: Document.Parsed | undefined;
  readonly faults: readonly YamlFault[];
  readonly positionOf: (offset: number) => Position;
}

/** Composes a text without ever throwing for what it says. */
export function composeYaml(text: string): YamlText {
  const lines = new LineCounter();
  const faults: YamlFault[] = [];
  const documents: Document.Parsed[] = [];
  try {
    const composer = new Composer(OPTIONS);
    for (const each of composer.compose(tokensOf(text, lines), true, text.length)) documents.push(each);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    faults.push({ offset: error.offset, detail: `is nested too deep here: more than ${MAX_DEPTH} levels` });
  }
  const [document, second] = documents;
  for (const { pos, message } of [...(document?.errors ?? []), ...(document?.warnings ?? [])]) {
    faults.push({ offset: pos[0], detail: `cannot be read as YAML: ${message}` });
  }
  if (second) {
    faults.push({ offset: second.range[0], detail: 'begins another document; put everything into one' });
  }
  return {
    document,
    faults,
    positionOf(offset) {
      const { line, col } = lines.linePos(Math.min(offset, text.length));
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

class TooDeep extends Error {
  constructor(readonly offset: number) {
    super();
  }
}

function* tokensOf(
  text: string,
  lines: LineCounter,
): Generator<ReturnType<Parser['parse']> extends Generator<infer T> ? T : never> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}
