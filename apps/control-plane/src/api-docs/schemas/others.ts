import type { BackupBody } from '../../backups/backups.controller.js';
import type { OrdersController } from '../../providers/orders/orders.controller.js';
import type { Said } from '../../http/json-answer.js';
import type { TokenBody, TokensController } from '../../security/tokens.controller.js';
import type { TransitionBody, TransitionsController } from '../../transitions/transitions.controller.js';
import { component, listOf, type Members, ref, text, time, whole } from '../schema/schema.js';

/** What a handler answers. */
type AnswerOf<C, K extends keyof C> = C[K] extends (...args: never[]) => infer R ? Said<Awaited<R>> : never;

const STATES = 'Unknown Available Unavailable Pending Passing Warning Critical Maintenance Removed'.split(
  ' ',
);

/** `TransitionBody`. */
export const Transition = component<TransitionBody>(
  'Transition',
  'Something that was decided once.',
  {
    sequence: whole('Counts from 1, without gaps.', { minimum: 1 }),
    kind: text('What changed.', { enum: ['provider', 'service', 'component', 'check'] }),
    subject: text('The name of the provider, or the id of the check.'),
    from: text('What it was.', { enum: STATES }),
    to: text('What it is.', { enum: STATES }),
    cause: text('Why, in words.'),
    at: time('When it was decided.'),
  },
  {
    suppressed: text('Why nobody is notified of it; absent if everybody is.', {
      enum: ['maintenance', 'parent'],
    }),
  },
);

/** The answer of `GET /transitions`. */
export const TransitionList = component<AnswerOf<TransitionsController, 'list'>>(
  'TransitionList',
  'A part of the log, oldest first.',
  {
    transitions: listOf(ref(Transition)),
    next_since: whole('Give it as since for what comes after.', { minimum: 0 }),
  },
  {},
);

const TOKEN: Members<TokenBody> = {
  id: text('By which it is revoked.'),
  kind: text('What it may do.', { enum: ['gateway', 'read-only'] }),
  names: listOf({ type: 'string' }, 'What a gateway acts for: names, and beginnings of names before a `*`.'),
  description: text('What it is for.'),
  created_at: time('When it was given out.'),
};

/** `TokenBody`. */
export const Token = component<TokenBody>('Token', 'A token that was given out.', TOKEN, {});

/** The answer of `POST /tokens`. */
export const GivenToken = component<AnswerOf<TokensController, 'give'>>(
  'GivenToken',
  'A token as it is given out.',
  { ...TOKEN, token: text('Shown only here.') },
  {},
);

/** The answer of `GET /tokens`. */
export const TokenList = component<AnswerOf<TokensController, 'list'>>(
  'TokenList',
  'A page of the tokens that are given out, by id.',
  { tokens: listOf(ref(Token)) },
  { next_page_token: text('Give it as page_token for the next page; left out on the last.') },
);

/** `BackupBody`. */
export const Backup = component<BackupBody>(
  'Backup',
  'A backup that was written.',
  {
    file: text('Where it lies, on the machine of the control plane.'),
    bytes: whole('How long it is.', { minimum: 1 }),
    providers: whole('Providers in it.', { minimum: 0 }),
    services: whole('Nodes of services in it.', { minimum: 0 }),
    checks: whole('Checks in it.', { minimum: 0 }),
    sequence: whole('The number of the last transition in it; 0 for none.', { minimum: 0 }),
    at: time('The moment that it holds.'),
  },
  {},
);

/** The answer of `POST /providers/{name}/token`. */
export const NewToken = component<AnswerOf<OrdersController, 'rotateToken'>>(
  'NewToken',
  'A token in place of the one before.',
  { token: text('Shown only here.') },
  {},
);
