import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { memberNameFault, pointerTo, textFault } from '@vitals/core/json';
import type { YamlFault } from './yaml.text.js';

/** Values that a file may hold, what aliases stand for counted each time. */
const MAX_VALUES = 1_000_000;
/** Levels that what an alias stands for may add to what is written. */
const MAX_DEPTH = 200;

const PLAIN_TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** A value, how many values it holds, and how many levels. */
interface Converted {
  readonly value: unknown;
  readonly count: number;
  readonly height: number;
}

const NOTHING: Converted = { value: null, count: 1, height: 0 };

/**
 * Makes plain values of a composed document, and remembers where each was written. What an alias stands for is one
 * value, shared; a file that would be huge without aliases is refused before anybody walks it.
 */
export class YamlValues {
  readonly faults: YamlFault[] = [];
  readonly value: unknown;
  private readonly offsets = new Map<string, number>();
  /** By the name of the anchor, the last before the alias; `undefined` while its node is being read. */
  private readonly anchors = new Map<string, Converted | undefined>();

  constructor(root: Node | null) {
    this.value = this.convert(root, '').value;
  }

  /** Where the member of a JSON Pointer (RFC 6901) begins, or the nearest member that is there and holds it. */
  offsetOf(pointer: string): number {
    for (let nearest = pointer; nearest !== ''; nearest = nearest.slice(0, nearest.lastIndexOf('/'))) {
      const offset = this.offsets.get(nearest);
      if (offset !== undefined) return offset;
    }
    return this.offsets.get('') ?? 0;
  }

  private convert(node: Node | null, pointer: string): Converted {
    if (!node) return NOTHING;
    if (!this.offsets.has(pointer)) this.offsets.set(pointer, startOf(node));
    if (isAlias(node)) return this.resolve(node);
    if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag))
      this.refuse(node, `has the tag ${node.tag}; write plain values`);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const converted = this.convertPlain(node, pointer);
    if (anchor !== undefined) this.anchors.set(anchor, converted);
    return converted;
  }

  private resolve(alias: Alias): Converted {
    const target = this.anchors.get(alias.source);
    if (target) return target;
    const why = this.anchors.has(alias.source)
      ? 'lies within what it stands for'
      : 'stands for nothing before it';
    this.refuse(alias, `*${alias.source} ${why}`);
    return NOTHING;
  }

  private convertPlain(node: Node, pointer: string): Converted {
    if (isScalar(node)) {
      const wrong = typeof node.value === 'string' ? textFault(node.value) : undefined;
      if (wrong !== undefined) this.refuse(node, wrong);
      if (typeof node.value !== 'number' || Number.isFinite(node.value)) {
        return { value: node.value, count: 1, height: 0 };
      }
      this.refuse(node, 'is not a number that JSON has; leave it out');
      return NOTHING;
    }
    if (isSeq(node)) {
      const items = node.items.map((item, at) => this.convert(item as Node | null, `${pointer}/${at}`));
      return this.sum(
        node,
        items,
        items.map(({ value }) => value),
      );
    }
    if (!isMap(node)) return NOTHING;
    const object: Record<string, unknown> = {};
    const members: Converted[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const at = pointerTo(pointer, name);
      if (Object.hasOwn(object, name)) this.refuse(key, `${JSON.stringify(name)} is there twice; keep one`);
      const wrong = memberNameFault(name);
      if (wrong !== undefined) this.refuse(key, `${JSON.stringify(name)} ${wrong}`);
      this.offsets.set(at, startOf(key));
      const member = this.convert(value as Node | null, at);
      members.push(member);
      // not by assignment: "__proto__" is a name like any other
      Object.defineProperty(object, name, {
        value: member.value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return this.sum(node, members, object);
  }

  /** What would be too large by the aliases in it is given up here, so that it can be no part of anything larger. */
  private sum(node: Node, parts: readonly Converted[], value: unknown): Converted {
    let count = 1;
    let height = 0;
    for (const part of parts) {
      count += part.count;
      height = Math.max(height, part.height + 1);
    }
    if (height <= MAX_DEPTH && count <= MAX_VALUES) return { value, count, height };
    const what =
      height > MAX_DEPTH
        ? `is nested deeper than ${MAX_DEPTH} levels`
        : `holds more than ${MAX_VALUES} values`;
    this.refuse(node, `${what} when its aliases are followed; use fewer`);
    return NOTHING;
  }

  private refuse(node: Node | Scalar | null, detail: string): void {
    this.faults.push({ offset: node ? startOf(node) : 0, detail });
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
