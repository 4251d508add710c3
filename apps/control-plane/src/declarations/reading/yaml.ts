import * as yaml from 'yaml';
import { memberNameFault, pointerTo, textFault } from '@vitals/core/json';

/**
 * Open collections and keys at a time, and levels that an alias may add to the text; far beyond, the composer would
 * exhaust the stack, and end the process.
 */
const MAX_DEPTH = 200;
/** Values that a file may hold; those that an alias stands for are counted each time. */
const MAX_VALUES = 1_000_000;

/** The same version and schema for every file; keys are text, aliases are resolved by `YamlReader`. */
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

const PLAIN_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One YAML 1.2 document, of which JSON is a part, as plain values; they mean nothing unless there are no faults. */
export interface YamlDocument {
  readonly value: unknown;
  readonly faults: readonly { readonly position: Position; readonly detail: string }[];
  /** Where the member of a JSON Pointer (RFC 6901) begins, or the nearest member that is there and holds it. */
  readonly positionOf: (pointer: string) => Position;
}

/** Reads a text; whatever it says, nothing is thrown. */
export function readYaml(text: string): YamlDocument {
  const lines = new yaml.LineCounter();
  const reader = new YamlReader();
  const value = reader.read(text, lines);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return {
    value,
    faults: reader.faults.map(({ offset, detail }) => ({ position: position(offset), detail })),
    positionOf: (pointer) => position(reader.offsetOf(pointer)),
  };
}

/** A value, how many values it holds, and how many levels. */
interface Converted {
  readonly value: unknown;
  readonly count: number;
  readonly height: number;
}

const NOTHING: Converted = { value: null, count: 1, height: 0 };

/**
 * Composes a document, makes plain values of it, and remembers where each was written. An alias and its anchor are one
 * value, shared; a file that would be huge without aliases is refused before anybody walks it.
 */
class YamlReader {
  readonly faults: { readonly offset: number; readonly detail: string }[] = [];
  private readonly offsets = new Map<string, number>();
  /** By the name of the anchor, the last before the alias; `undefined` while its node is being read. */
  private readonly anchors = new Map<string, Converted | undefined>();

  read(text: string, lines: yaml.LineCounter): unknown {
    const [document, second] = this.compose(text, lines);
    for (const { pos, message } of [...(document?.errors ?? []), ...(document?.warnings ?? [])])
      this.refuse(pos[0], `cannot be read as YAML: ${message}`);
    if (second) this.refuse(second.range[0], 'begins another document; put everything into one');
    if (this.faults.length === 0 && document) return this.convert(document.contents, '').value;
  }

  offsetOf(pointer: string): number {
    for (let nearest = pointer; nearest !== ''; nearest = nearest.slice(0, nearest.lastIndexOf('/'))) {
      const offset = this.offsets.get(nearest);
      if (offset !== undefined) return offset;
    }
    return this.offsets.get('') ?? 0;
  }

  private compose(text: string, lines: yaml.LineCounter): yaml.Document.Parsed[] {
    const parser = new yaml.Parser(lines.addNewLine);
    const composer = new yaml.Composer(OPTIONS);
    const documents: yaml.Document.Parsed[] = [];
    lines.addNewLine(0);
    for (const lexeme of new yaml.Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
      if (parser.stack.length <= MAX_DEPTH) continue;
      this.refuse(parser.offset, `is nested too deep here: more than ${MAX_DEPTH} levels`);
      return documents;
    }
    for (const token of parser.end()) documents.push(...composer.next(token));
    return [...documents, ...composer.end(true, text.length)];
  }

  private convert(node: yaml.Node | null, pointer: string): Converted {
    if (!node) return NOTHING;
    if (!this.offsets.has(pointer)) this.offsets.set(pointer, startOf(node));
    if (yaml.isAlias(node)) return this.resolve(node);
    if (node.tag !== undefined && !PLAIN_TAG.test(node.tag))
      this.refuse(node, `has the tag ${node.tag}; write plain values`);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const converted = this.convertPlain(node, pointer);
    if (anchor !== undefined) this.anchors.set(anchor, converted);
    return converted;
  }

  private resolve(alias: yaml.Alias): Converted {
    const target = this.anchors.get(alias.source);
    if (target) return target;
    const isOpen = this.anchors.has(alias.source);
    const why = isOpen ? 'lies within what it stands for' : 'stands for nothing before it';
    return this.refuse(alias, `*${alias.source} ${why}`);
  }

  private convertPlain(node: yaml.Node, pointer: string): Converted {
    if (yaml.isScalar(node)) return this.convertScalar(node);
    const parts: Converted[] = [];
    const add = (item: unknown, at: string): unknown => {
      const part = this.convert(item as yaml.Node | null, at);
      parts.push(part);
      return part.value;
    };
    if (yaml.isSeq(node)) {
      const list = node.items.map((item, at) => add(item, `${pointer}/${at}`));
      return this.sum(node, parts, list);
    }
    if (!yaml.isMap(node)) return NOTHING;
    const object: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      if (!yaml.isScalar(key)) continue;
      const name = String(key.value);
      const at = pointerTo(pointer, name);
      if (Object.hasOwn(object, name)) this.refuse(key, `${JSON.stringify(name)} is there twice; keep one`);
      const wrong = memberNameFault(name);
      if (wrong !== undefined) this.refuse(key, `${JSON.stringify(name)} ${wrong}`);
      this.offsets.set(at, startOf(key));
      // not by assignment: "__proto__" is a name like any other
      const descriptor = { value: add(value, at), enumerable: true, writable: true, configurable: true };
      Object.defineProperty(object, name, descriptor);
    }
    return this.sum(node, parts, object);
  }

  private convertScalar(node: yaml.Scalar): Converted {
    const { value } = node;
    const wrong = typeof value === 'string' ? textFault(value) : undefined;
    if (wrong !== undefined) this.refuse(node, wrong);
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.refuse(node, 'is not a number that JSON has; leave it out');
    return { value, count: 1, height: 0 };
  }

  /** A value that aliases make too large is given up here, so that it can be no part of anything larger. */
  private sum(node: yaml.Node, parts: readonly Converted[], value: unknown): Converted {
    const count = parts.reduce((sum, part) => sum + part.count, 1);
    const height = parts.reduce((highest, part) => Math.max(highest, part.height + 1), 0);
    if (height <= MAX_DEPTH && count <= MAX_VALUES) return { value, count, height };
    const excess =
      height > MAX_DEPTH
        ? `is nested deeper than ${MAX_DEPTH} levels`
        : `holds more than ${MAX_VALUES} values`;
    return this.refuse(node, `${excess} when its aliases are followed; use fewer`);
  }

  private refuse(at: yaml.Node | number, detail: string): Converted {
    this.faults.push({ offset: typeof at === 'number' ? at : startOf(at), detail });
    return NOTHING;
  }
}

function startOf(node: yaml.Node): number {
  return node.range?.[0] ?? 0;
}
