import { validation } from './errors.ts';

/**
 * Checks that a parameter is a URL of the web; each `*` stands for what a target's path parameters say.
 * @throws AwsError ValidationException
 */
export function checkUrl(parameter: string, text: string): void {
  const filled = text.replaceAll('*', 'x');
  if (URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol)) return;
  throw validation(`Parameter ${parameter} is not valid. Reason: Must be an HTTPS or HTTP URL.`);
}
