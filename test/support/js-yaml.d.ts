declare module 'js-yaml' {
  /** Reads every document of a YAML stream; throws on what is no YAML. */
  const yaml: { loadAll(text: string): unknown[] };
  export default yaml;
}
