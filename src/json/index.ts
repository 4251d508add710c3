export { assertMembers, MAX_DEPTH, memberNameFault } from './member-rules.js';
export { pointerTo } from './pointer-to.js';
export { type JsonDocument, parseJson, readJson } from './read-json.js';
export { shownName, shownText, textFault } from './text-rule.js';
