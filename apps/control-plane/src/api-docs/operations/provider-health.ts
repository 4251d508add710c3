import { ProviderHealthController } from '../../provider-health/provider-health.controller.js';
import { ProviderHealth, ProviderHealthList, Sweep } from '../schemas/provider-health.js';
import { chapter, OF_A_PROVIDER } from '../document/operation.js';

/** Calls about what providers answer when they are asked for their health. */
export const PROVIDER_HEALTH = [
  chapter('Provider health', ProviderHealthController, {
    list: {
      id: 'listProviderHealth',
      summary: 'Lists the last known health of providers by name, in pages',
      description: 'Answered from a cache, without a request to any provider.',
      answers: { 200: 'A page.' },
      body: ProviderHealthList,
      refusals: [],
    },
    read: {
      id: 'readProviderHealth',
      summary: 'Reads the last known health of a provider',
      answers: { 200: 'What is known.' },
      body: ProviderHealth,
      refusals: OF_A_PROVIDER,
    },
    sweep: {
      id: 'sweepProviderHealth',
      summary: 'Asks all providers for their health now',
      description: 'Joins a sweep in progress. Each result is visible as soon as it is known.',
      answers: { 202: 'They are being asked.' },
      body: Sweep,
      refusals: [],
    },
  }),
];
