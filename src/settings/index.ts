export {
  AGENT_SETTINGS,
  CHECK_SECRET_NAME,
  CONTROL_PLANE_SETTINGS,
  unknownSettings,
} from './setting-names.js';
