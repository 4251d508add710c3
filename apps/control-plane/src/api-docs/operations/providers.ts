import { OrdersController } from '../../providers/orders/orders.controller.js';
import { ReadingController } from '../../providers/reading/reading.controller.js';
import { RegistrationController } from '../../providers/registration/registration.controller.js';
import { NewToken } from '../schemas/others.js';
import {
  Provider,
  ProviderList,
  ProviderStatus,
  RegisteredProvider,
  StatusList,
} from '../schemas/providers.js';
import { chapter, OF_A_PROVIDER, WRITING } from '../document/operation.js';

const REGISTERED = { 200: 'It was registered again.', 201: 'It is new.' };

/** Calls about providers. */
export const PROVIDERS = [
  chapter('Providers', RegistrationController, {
    register: {
      id: 'registerProvider',
      summary: 'Registers a provider',
      description:
        'The name is the natural key: a name that is registered already gets the next generation. While authentication is on, the answer carries the token of the provider; the one before is good until the new one is used for the first time.',
      answers: REGISTERED,
      body: RegisteredProvider,
      refusals: ['provider-id-conflict', ...WRITING],
    },
    apply: {
      id: 'applyProvider',
      summary: 'Registers a provider under the name in the path',
      answers: REGISTERED,
      body: RegisteredProvider,
      refusals: WRITING,
    },
    remove: {
      id: 'removeProvider',
      summary: 'Removes a provider, and ends the history of its name',
      answers: { 204: 'It is removed.' },
      body: undefined,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
  }),
  chapter('Providers', ReadingController, {
    list: {
      id: 'listProviders',
      summary: 'Lists providers by name, in pages',
      answers: { 200: 'A page.' },
      body: ProviderList,
      refusals: ['store-unavailable'],
    },
    read: {
      id: 'readProvider',
      summary: 'Reads a provider',
      answers: { 200: 'The provider.' },
      body: Provider,
      refusals: [...OF_A_PROVIDER, 'store-unavailable'],
    },
    status: {
      id: 'readProviderStatus',
      summary: 'Reads the liveness of a provider',
      answers: { 200: 'Its state now, a passed deadline included.' },
      body: ProviderStatus,
      refusals: OF_A_PROVIDER,
    },
    statusOfAll: {
      id: 'listProviderStatus',
      summary: 'Lists the states of providers by name, in pages',
      description: 'With changed_since only those that changed since that transition, or soon after it.',
      answers: { 200: 'A page.' },
      body: StatusList,
      refusals: [],
    },
  }),
  chapter('Orders', OrdersController, {
    cordon: {
      id: 'cordonProvider',
      summary: 'Takes a provider out of placement',
      answers: { 204: 'It is out of placement.' },
      body: undefined,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
    uncordon: {
      id: 'uncordonProvider',
      summary: 'Puts a provider back into placement',
      description: 'A requested drain is withdrawn.',
      answers: { 204: 'It may be placed on.' },
      body: undefined,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
    drain: {
      id: 'drainProvider',
      summary: 'Takes a provider out of placement, and requests it to drain',
      description:
        'It is requested with the header `vitals-directive: drain` of the answers to its heartbeats, until it is put back into placement or registers again.',
      answers: { 202: 'It will be requested to drain.' },
      body: ProviderStatus,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
    rotateToken: {
      id: 'rotateProviderToken',
      summary: 'Gives a provider a new token',
      description:
        'The one before is good until the new one is used for the first time, unless it is to end immediately.',
      answers: { 200: 'The new token.' },
      body: NewToken,
      refusals: [...OF_A_PROVIDER, ...WRITING],
    },
  }),
];
