export { decidedFirst } from './decided-first.js';
export { GroupCommit, type GroupCommitLimits } from './group-commit.js';
export { type Keyed, WriteBehind, type WriteBehindPace } from './write-behind.js';
export { Turns } from './turns.js';
