export { decoratorFault, type DecoratorPlace, isDecoratorCall } from './decorator-call.js';
export { requireAsyncOptions, requireOptions } from './require-options.js';
export {
  among,
  count,
  duration,
  each,
  flag,
  interval,
  listOf,
  names,
  oneOf,
  type Rule,
  text,
} from './rules.js';
export { unknownOption, unquoted } from './unknown-option.js';
