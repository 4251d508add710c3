/** One call of a description. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

/** One parameter of a call. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

/** Schemas by media type. */
export type Content = Readonly<Record<string, { readonly schema: object }>>;

/** One answer of a call. */
export interface Answer {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, object>>;
}

/** A description as it is served. */
export interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    /** What all reads take and carry. */
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<Record<string, object>>;
  };
}

/** Every call of a description: its method in lower case, its path, and what is told of it, also by reference. */
export function operationsOf(document: Document): (readonly [method: string, path: string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, calls]) =>
    Object.entries(calls).map(([method, operation]) => {
      const parameters = operation.parameters?.map((one) => referredTo(document, one));
      return [method, path, { ...operation, ...(parameters && { parameters }) }] as const;
    }),
  );
}

function referredTo({ components }: Document, parameter: Parameter | { readonly $ref: string }): Parameter {
  if (!('$ref' in parameter)) return parameter;
  return components.parameters[parameter.$ref.split('/').at(-1) as string] as Parameter;
}

/** Whether a path is one of those that a template such as `/providers/{name}` stands for. */
export function fits(template: string, path: string): boolean {
  const [parts, segments] = [template.split('/'), path.split('/')];
  return (
    parts.length === segments.length &&
    parts.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))
  );
}
