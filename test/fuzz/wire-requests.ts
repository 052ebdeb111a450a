/** Requests for fuzzing, and what may come of them: an input, or an AwsError. */
import { utf8 } from '#kernel/bytes.ts';
import { AwsError } from '#aws/errors.ts';
import type { ServiceModel } from '#aws/model.ts';
import { MODELS } from '#aws/models/index.ts';
import { chooseProtocol } from '#aws/protocols/index.ts';
import { validateInput } from '#aws/validate.ts';
import type { WireRequest } from '#aws/wire.ts';

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function modelOf(service: string): ServiceModel {
  const model = MODELS.find(({ name }) => name === service);
  if (!model) throw new Error(`no model of ${service}`);
  return model;
}

export function requestOf(parts: RequestParts): WireRequest {
  const body = typeof parts.body === 'string' ? utf8(parts.body) : parts.body;
  return {
    method: parts.method ?? 'POST',
    path: parts.path ?? '/',
    query: new URLSearchParams(parts.query ?? ''),
    headers: parts.headers ?? {},
    sourceIp: '127.0.0.1',
    body: (async function* () {
      if (body) yield body;
    })(),
  };
}

/** The operation's name and input, or the error's code; anything else that is thrown is a finding. */
export async function outcomeOf(service: string, parts: RequestParts): Promise<string> {
  const model = modelOf(service);
  const request = requestOf(parts);
  try {
    const call = await chooseProtocol(model, request).open(model, request);
    const input = await call.parse();
    validateInput(model, call.operation, input);
    return call.operation.name;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return error.code;
  }
}
