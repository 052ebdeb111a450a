/** Integrations with services: one operation, whose parameters are mapped from the request. */
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { AwsRequest } from '#ports/peers/aws-caller.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { TIMEOUT_MS_MAX } from '../limits.ts';
import { subtypeOf, type ServiceSubtype } from '../service-subtypes.ts';
import { valueOf } from './variables.ts';
import { internalError, plainAnswer, routeArn, type Admitted } from './visit.ts';

type Parameters = ReadonlyMap<string, string>;

/** The service's own answer, with its status; 500 without a service or a role, 504 without an answer in time. */
export async function askService(
  { caller }: Apigatewayv2Dependencies,
  visit: Admitted,
  integration: Integration,
): Promise<WireResponse> {
  const { IntegrationSubtype = '', RequestParameters = {}, CredentialsArn } = integration;
  const subtype = subtypeOf(IntegrationSubtype);
  const scope = { visit, authorization: visit.authorization, body: visit.body };
  if (subtype === undefined || CredentialsArn === undefined) return internalError();
  const parameters = new Map<string, string>();
  for (const [name, text] of Object.entries(RequestParameters)) {
    const value = valueOf(text, scope);
    if (value !== undefined) parameters.set(name, value);
  }
  const answer = await caller.call(
    {
      service: subtype.service,
      region: parameters.get('Region') ?? visit.owned.region,
      // As it was written: a role is nothing that a client says.
      roleArn: CredentialsArn,
      sourceArn: routeArn(visit),
      sourceAccountId: visit.owned.accountId,
      method: 'POST',
      path: '/',
      ...messageOf(subtype, parameters),
      timeoutMs: integration.TimeoutInMillis ?? TIMEOUT_MS_MAX,
    },
    visit.signal,
  );
  if (answer.kind === 'failed') {
    return answer.reason === 'timeout' ? plainAnswer(504, 'Gateway Timeout') : internalError();
  }
  const contentType = answer.headers?.['content-type'] ?? 'application/json';
  const headers = { 'content-type': contentType };
  return { status: answer.status, headers, body: answer.body ?? EMPTY_BYTES };
}

/** The operation's input in the service's protocol. */
function messageOf(
  subtype: ServiceSubtype,
  parameters: Parameters,
): Pick<AwsRequest, 'headers' | 'body'> {
  const { target, operation, version = '' } = subtype;
  if (target === undefined) {
    const form = formOf(parameters, { Action: operation, Version: version });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { headers, body: utf8(form.toString()) };
  }
  const input = operation === 'PutEvents' ? eventsOf(parameters) : recordOf(parameters);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return { headers, body: utf8(JSON.stringify(input)) };
}

function eventsOf(parameters: Parameters) {
  const { Region: _, Resources, Time, ...entry } = Object.fromEntries(parameters);
  const resources = Resources === undefined ? undefined : parseJson(Resources);
  const time = Time === undefined ? NaN : Date.parse(Time);
  return {
    Entries: [
      {
        ...entry,
        ...(Array.isArray(resources) ? { Resources: resources } : {}),
        ...(Number.isNaN(time) ? {} : { Time: time / 1000 }),
      },
    ],
  };
}

function recordOf(parameters: Parameters) {
  const { Region: _, Data = '', ...record } = Object.fromEntries(parameters);
  return { ...record, Data: Buffer.from(Data).toString('base64') };
}

/** Lists and attributes of SQS, by the names that its forms have for them. */
const LISTS: Readonly<Record<string, string>> = {
  AttributeNames: 'AttributeName',
  MessageAttributeNames: 'MessageAttributeName',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributes: 'MessageSystemAttribute',
};

function formOf(parameters: Parameters, head: Readonly<Record<string, string>>): URLSearchParams {
  const form = new URLSearchParams(head);
  for (const [name, text] of parameters) {
    const list = LISTS[name];
    const attributes = ATTRIBUTES[name];
    if (list !== undefined) {
      const values = parseJson(text) ?? text.split(',');
      for (const [index, value] of (Array.isArray(values) ? values : []).entries()) {
        form.set(`${list}.${index + 1}`, String(value));
      }
    } else if (attributes === undefined) {
      if (name !== 'Region') form.set(name, text);
    } else addAttributes(form, attributes, parseJson(text));
  }
  return form;
}

function addAttributes(form: URLSearchParams, prefix: string, attributes: unknown): void {
  const entries = Object.entries(isObject(attributes) ? attributes : {});
  for (const [index, [name, value]] of entries.entries()) {
    form.set(`${prefix}.${index + 1}.Name`, name);
    for (const [member, text] of Object.entries(isObject(value) ? value : {})) {
      form.set(`${prefix}.${index + 1}.Value.${member}`, String(text));
    }
  }
}
