export {
  Content,
  contentOf,
  DEFAULT_MAX_BODY_BYTES,
  MAX_MAX_BODY_BYTES,
  maxReceivedBytes,
  MIN_MAX_BODY_BYTES,
  type ReceivedBody,
  type UnreadableBody,
} from './content.js';
