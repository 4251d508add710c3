/** A body that does not name otherwise what its path names. */
export function contentOf({ template, operation }, values) {
  const content = values.of(schemaOf(operation));
  if (template.endsWith('{id}')) delete content.id;
  return content;
}

/** The schema of the body of an operation, if it has one. */
export function schemaOf({ requestBody }) {
  return requestBody?.content['application/json'].schema;
}
