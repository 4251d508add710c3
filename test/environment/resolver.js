/** Sources import the `.js` that they become; where there is none beside them, it is a `.ts`. */
const EXTENSION_ALIAS = { '.js': ['.js', '.ts'] };

/**
 * Finds modules as Node does, and sources. Jest remembers what a resolver finds, and not what it maps by a pattern:
 * with a pattern for `.js` it would ask the file system for each import of each test file again.
 */
export default function resolve(request, options) {
  return options.defaultResolver(request, { ...options, extensionAlias: EXTENSION_ALIAS });
}
