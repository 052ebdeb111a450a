/** AWS errors made from the models: their codes, statuses and faults are never written by hand. */
import { AwsError } from './errors.ts';
import type { ErrorModel, ServiceModel } from './model.ts';

/**
 * The error of this name, or this code of the query protocol, with the model's status and fault.
 * Where the model does not name it, it is the client's fault and answered with 400.
 * @param fields further members of the error's shape: `{ Type: 'User' }`
 */
export function modelledError(
  model: ServiceModel,
  nameOrCode: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): AwsError {
  const error = model.error(nameOrCode);
  return new AwsError({
    code: error?.name ?? nameOrCode,
    message,
    status: error?.status ?? 400,
    fault: error?.fault ?? 'client',
    fields,
  });
}

/** What the wire says of an error: its name in JSON, its code in XML, and its modelled shape if it has one. */
export interface NamedError {
  readonly name: string;
  readonly code: string;
  readonly model: ErrorModel | undefined;
}

/** Names and codes of an error in each protocol. */
export function nameError(model: ServiceModel, error: AwsError): NamedError {
  const known = model.error(error.code);
  return { name: known?.name ?? error.code, code: known?.code ?? error.code, model: known };
}

/** Where Coral, AWS's framework, declares the errors that each of its services may answer. */
const CORAL_NAMES: ReadonlyMap<string, string> = new Map([
  ['ValidationException', 'com.amazon.coral.validate'],
  ['SerializationException', 'com.amazon.coral.service'],
  ['UnknownOperationException', 'com.amazon.coral.service'],
  ['AccessDeniedException', 'com.amazon.coral.service'],
  ['UnrecognizedClientException', 'com.amazon.coral.service'],
  ['InvalidSignatureException', 'com.amazon.coral.service'],
  ['MissingAuthenticationTokenException', 'com.amazon.coral.service'],
  ['IncompleteSignatureException', 'com.amazon.coral.service'],
  ['InternalFailure', 'com.amazon.coral.service'],
  ['ThrottlingException', 'com.amazon.coral.availability'],
]);

/** `__type` of an error in JSON and CBOR: `com.amazonaws.sqs#QueueDoesNotExist`, or the bare name. */
export function errorType(model: ServiceModel, named: NamedError): string {
  if (model.errorNamespace === undefined) return named.name;
  const isCoral = named.model === undefined || named.name === 'ValidationException';
  const namespace = isCoral ? CORAL_NAMES.get(named.name) : undefined;
  return `${namespace ?? model.errorNamespace}#${named.name}`;
}
