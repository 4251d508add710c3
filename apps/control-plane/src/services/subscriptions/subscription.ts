import { VitalsError } from '@vitals/core/errors';
import { groupOf, SERVICE_ID } from '../check-id.js';

/** `<protocol>://<host>:<port>/<serviceId>?<parameters>`; of the first three, nothing is used. */
const SUBSCRIPTION = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*\/([^/?#\s]*)(?:\?([^#\s]*))?$/i;

/**
 * The group that a subscription names: the path is the id of the service, the parameter `environment` its tag.
 * @throws VitalsError `request-invalid` for a text that is not a subscription
 */
export function readSubscription(text: string): string {
  const [, serviceId = '', query = ''] = SUBSCRIPTION.exec(text) ?? [];
  const tag = new URLSearchParams(query).get('environment') || undefined;
  if (!SERVICE_ID.test(serviceId) || (tag !== undefined && !SERVICE_ID.test(tag))) {
    throw new VitalsError(
      'request-invalid',
      `${JSON.stringify(text.slice(0, 100))} is not a subscription; send https://host:port/<serviceId>, with ?environment=<tag> for a tag`,
    );
  }
  return groupOf(tag === undefined ? { serviceId } : { serviceId, tag });
}
