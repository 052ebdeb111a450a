/** What JSON and CBOR errors hold beside their type. */
import type { AwsError } from '../errors.ts';
import type { NamedError } from '../error-model.ts';
import type { ServiceModel } from '../model.ts';
import type { Mutable } from './records.ts';

/** Errors that say `Message` although no model describes them. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set(['SerializationException']);

/** The message under the name that the error's shape has for it, and the further fields. */
export function errorBody(error: AwsError, named: NamedError): Mutable {
  const body: Mutable = {};
  const members = named.model?.shape.members ?? [];
  const own = members.find((member) => member.name.toLowerCase() === 'message')?.wireName;
  const key = own ?? (CAPITAL_MESSAGE.has(named.name) ? 'Message' : 'message');
  if (members.some((member) => member.name === 'Type') && !('Type' in error.fields)) {
    body['Type'] = error.fault === 'server' ? 'Service' : 'User';
  }
  Object.assign(body, error.fields);
  // A service's own fields may hold the message, where AWS's answers differ from its model.
  if (error.message !== '' && !('Message' in body)) body[key] = error.message;
  return body;
}

/** Headers of every error in JSON and CBOR. */
export function errorHeaders(
  model: ServiceModel,
  error: AwsError,
  named: NamedError,
): Record<string, string> {
  const headers: Record<string, string> = { ...error.headers };
  if (model.isQueryCompatible) {
    const sender = error.fault === 'server' ? 'Receiver' : 'Sender';
    headers['x-amzn-query-error'] = `${named.code};${sender}`;
  }
  return headers;
}
