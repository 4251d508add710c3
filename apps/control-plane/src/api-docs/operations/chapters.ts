import { BackupsController } from '../../backups/backups.controller.js';
import { InfoController } from '../../heartbeats/info.controller.js';
import { TokensController } from '../../security/tokens.controller.js';
import { TransitionsController } from '../../transitions/transitions.controller.js';
import { InfoUpdated } from '../schemas/heartbeats.js';
import { Backup, GivenToken, TokenList, TransitionList } from '../schemas/others.js';
import { CHECKS, SERVICE_CHECKS } from './checks.js';
import { DECLARATIONS } from './declarations.js';
import { chapter, type Chapter, OF_A_PROVIDER, WRITING } from '../document/operation.js';
import { MASS_FAILURES } from './mass-failures.js';
import { PLACEMENT } from './placement.js';
import { PROVIDER_HEALTH } from './provider-health.js';
import { PROVIDERS } from './providers.js';
import { SERVICES } from './services.js';

/** Every call that Nest routes, in the order in which they are read. */
export const CHAPTERS: readonly Chapter[] = [
  ...PROVIDERS,
  chapter('Heartbeats', InfoController, {
    update: {
      id: 'updateProviderResources',
      summary: 'Updates what is known of the resources of a provider',
      description:
        'What is stated replaces what was known, the rest stays. It is not a heartbeat, and does not renew the lease.',
      answers: { 200: 'It was accepted.' },
      body: InfoUpdated,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
  }),
  ...PROVIDER_HEALTH,
  ...PLACEMENT,
  ...CHECKS,
  ...SERVICE_CHECKS,
  ...SERVICES,
  ...DECLARATIONS,
  ...MASS_FAILURES,
  chapter('Transitions', TransitionsController, {
    list: {
      id: 'listTransitions',
      summary: 'Reads the log of everything that was decided',
      answers: { 200: 'What follows a sequence number, oldest first, without gaps.' },
      body: TransitionList,
      refusals: ['store-unavailable'],
    },
  }),
  chapter('Tokens', TokensController, {
    give: {
      id: 'giveToken',
      summary: 'Gives out a token for a gateway, or for whoever only reads',
      answers: { 201: 'The token, shown only here.' },
      body: GivenToken,
      refusals: WRITING,
    },
    list: {
      id: 'listTokens',
      summary: 'Lists the tokens that are given out by id, in pages',
      answers: { 200: 'A page.' },
      body: TokenList,
      refusals: [],
    },
    revoke: {
      id: 'revokeToken',
      summary: 'Ends a token that was given out',
      description: 'Subscriptions over `/ws` that were opened with it are closed.',
      answers: { 204: 'It counts no more.' },
      body: undefined,
      refusals: ['token-not-found', ...WRITING],
    },
  }),
  chapter('Backups', BackupsController, {
    take: {
      id: 'takeBackup',
      summary: 'Writes a backup of the database while it is in use',
      description:
        'Into the folder of backups on the machine of the control plane (`VITALS_BACKUP_DIR`). It holds everything that was acknowledged before it began, and appears when it is whole and on disk. One is written at a time, and none replaces a file.',
      answers: { 201: 'It is written.' },
      body: Backup,
      refusals: ['request-invalid', 'backup-conflict', 'backup-failed'],
    },
  }),
];
