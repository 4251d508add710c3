export { decoratorFault, type DecoratorPlace, isDecoratorCall } from './decorator-call.js';
export { discover } from './discovered.js';
export { requireAsyncOptions, requireOneImport, requireOptions } from './require-options.js';
export { OptionReader } from './option-reader.js';
export { refuse, refuseEqual, refuseFault, refuseOptions } from './refuse.js';
export {
  allFaults,
  among,
  anything,
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
  unknownOption,
  unquoted,
} from './rules.js';
