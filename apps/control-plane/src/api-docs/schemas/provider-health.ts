import type { ProviderHealthListBody, SweepBody } from '../../provider-health/provider-health.controller.js';
import type { ProviderHealthBody } from '../../provider-health/provider-health.view.js';
import { component, flag, listOf, orNull, ref, text, time, whole } from '../schema/schema.js';
import { NAME } from '../schema/values.js';

/** `ProviderHealthBody`. */
export const ProviderHealth = component<ProviderHealthBody>(
  'ProviderHealth',
  'The answer of a provider to the last poll of its health.',
  {
    state: text('`unknown`: not asked yet; `unchecked`: it does not want to be asked.', {
      enum: ['healthy', 'unhealthy', 'unknown', 'unchecked'],
    }),
    name: NAME,
    healthy: orNull(flag('No verdict if `checked` is false; null if it was not asked yet.')),
    message: text('Why, in words.'),
    latency: orNull(whole('How long it took to answer, in nanoseconds.', { minimum: 0 })),
    latency_ms: orNull({ type: 'number', minimum: 0, description: 'The same in milliseconds.' }),
    checked_at: orNull(time('When that was found.')),
    stale: flag('It was not found out anew when it should have been.'),
    since: orNull(time('When the verdict began.')),
    checked: flag('Whether it is asked at all: it registered a health_path.'),
  },
  {},
);

/** The answer of `GET /provider-health`. */
export const ProviderHealthList = component<ProviderHealthListBody>(
  'ProviderHealthList',
  'A page of what is known of the health of providers, by name.',
  { providers: listOf(ref(ProviderHealth)) },
  { next_page_token: text('Give it as page_token for the next page; left out on the last.') },
);

/** The answer of `POST /provider-health/sweeps`. */
export const Sweep = component<SweepBody>(
  'Sweep',
  'A sweep that was asked for.',
  { providers: whole('How many providers are asked.', { minimum: 0 }) },
  {},
);
