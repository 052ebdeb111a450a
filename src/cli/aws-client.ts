import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AwsClient as Signer } from 'aws4fetch';
import { isObject, parseJson } from '#kernel/json.ts';
import { CliError } from './errors.ts';
import type { ServerCredentials } from './server-credentials.ts';

export interface AwsRequest {
  readonly service: string;
  readonly method?: string;
  /** Path and query, already escaped; `/` for JSON protocols. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Waits for the answer as long as it takes; fetch gives up after five minutes. */
  readonly isPatient?: boolean;
}

/** Talks to a server as any AWS client does: signed HTTP. */
export interface AwsClient {
  /**
   * Sends one signed request.
   * @throws CliError where nothing answers
   */
  send(request: AwsRequest): Promise<Response>;
  /**
   * Sends a request and parses the JSON of its answer.
   * @throws AwsFailure for an answer that is no success
   */
  json(request: AwsRequest): Promise<Record<string, unknown>>;
}

/** An error that the service answered. */
export class AwsFailure extends CliError {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
    this.status = status;
  }
}

/** A client of the server that `credentials` name. */
export function createAwsClient(credentials: ServerCredentials): AwsClient {
  const signer = new Signer({ ...credentials, retries: 0 });
  const send = async (request: AwsRequest): Promise<Response> => {
    const url = new URL(request.path ?? '/', credentials.endpoint);
    const init = {
      method: request.method ?? 'POST',
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      aws: { service: request.service, region: credentials.region },
    };
    try {
      if (request.isPatient === true) return await waitFor(await signer.sign(url, init), request);
      return await signer.fetch(url, init);
    } catch (error) {
      const advice = 'Start it with `hearth up`, or name another with --data-dir or --endpoint';
      throw new CliError(`Nothing answers at ${credentials.endpoint}. ${advice}.`, {
        cause: error,
      });
    }
  };
  return { send, json: async (request) => readJson(await send(request)) };
}

/** Sends a signed request; the answer is whole when this resolves. */
async function waitFor(signed: Request, { body }: AwsRequest): Promise<Response> {
  const send = signed.url.startsWith('https:') ? httpsRequest : httpRequest;
  const { method, headers, url } = signed;
  const answered = Promise.withResolvers<IncomingMessage>();
  const sent = send(url, { method, headers: Object.fromEntries(headers) }, answered.resolve);
  sent.on('error', answered.reject);
  sent.end(body);
  const answer = await answered.promise;
  const { statusCode: status = 0, headers: told } = answer;
  const named = Object.entries(told).map(([name, value]) => [name, String(value)] as const);
  return new Response(Buffer.concat(await answer.toArray()), {
    status,
    headers: Object.fromEntries(named),
  });
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const value = text === '' ? {} : parseJson(text);
  if (!response.ok) throw failureOf(response, value, text);
  return isObject(value) ? value : {};
}

/** The error of a JSON protocol's answer. */
export function failureOf(response: Response, value: unknown, text: string): AwsFailure {
  const fields = isObject(value) ? value : {};
  const type = response.headers.get('x-amzn-errortype') ?? textIn(fields, '__type') ?? 'Error';
  const code = type.split(':')[0]?.split('#').at(-1) ?? 'Error';
  const message = textIn(fields, 'message') ?? textIn(fields, 'Message') ?? text;
  return new AwsFailure(code, response.status, message);
}

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
