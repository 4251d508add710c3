export { GroupCommit, type GroupCommitLimits } from './group-commit.js';
export { WriteBehind, type WriteBehindPace } from './write-behind.js';
