export { DEFAULT_MASS_FAILURE, type GuardedScope, type MassFailureSettings } from './guarded-scope.js';
export {
  type GuardedMember,
  GuardedMembers,
  type MemberStanding,
  type SettledMember,
} from './guarded-members.js';
export {
  ENDINGS,
  type GuardedKind,
  type MassFailure,
  type MassFailureEnding,
  massFailureText,
  type RecoveredMassFailure,
  scopeOf,
  zoneOf,
} from './mass-failure.js';
export { MassFailureGuard } from './mass-failure-guard.js';
