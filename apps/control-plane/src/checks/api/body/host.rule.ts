import { parseHost } from '@vitals/probes';
import { Rule } from './rule.js';

const MAX_HOST = 255;

/**
 * A name or an IP address. @param detail what it must be, in words @param besides what else may be wrong, if it is one
 */
export function HostRule(
  detail: string,
  besides: (beside: object) => string | undefined = () => undefined,
): PropertyDecorator {
  return Rule((value, beside) => {
    const isHost = typeof value === 'string' && value.length <= MAX_HOST && parseHost(value) !== undefined;
    return isHost ? besides(beside) : detail;
  });
}
