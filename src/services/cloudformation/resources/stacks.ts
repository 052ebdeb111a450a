/** AWS::CloudFormation::*, custom resources, and what is nothing here but has to be in templates. */
import { AwsError } from '#aws/errors.ts';
import { isObject, type JsonObject } from '#kernel/json.ts';
import { utf8 } from '#kernel/bytes.ts';
import { validation } from '../errors.ts';
import type { Existing } from '../model.ts';
import { STACKS_TOPIC } from '../store-stacks.ts';
import { answered, gone, inert, orAbsent, structuresOf } from './shared.ts';
import {
  words,
  type CustomResponse,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { toText } from '../text.ts';

type RequestType = 'Create' | 'Update' | 'Delete';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html */
const CUSTOM_RESOURCE: ResourceType = {
  properties: 'any',
  required: ['ServiceToken'],
  replacing: ['ServiceToken'],
  async create(work) {
    const response = await answerTo(work, 'Create');
    // Also one that failed says what it has made: the way back asks for its deletion.
    if (response.physicalId !== undefined) await work.claim(response.physicalId);
    requireSuccess(response);
    return { physicalId: response.physicalId ?? work.newName(), attributes: response.data };
  },
  async update(work, before) {
    const response = await ask(work, 'Update', before);
    return { physicalId: response.physicalId ?? before.physicalId, attributes: response.data };
  },
  async delete(work, existing) {
    await ask(work, 'Delete', existing);
  },
};

/** Has the function, or whoever listens at the topic, do it; waits for the response. */
async function ask(
  work: Work,
  RequestType: RequestType,
  before?: Existing,
): Promise<CustomResponse> {
  const response = await answerTo(work, RequestType, before);
  requireSuccess(response);
  return response;
}

async function answerTo(
  work: Work,
  RequestType: RequestType,
  before?: Existing,
): Promise<CustomResponse> {
  const { logicalId, type, stack, properties } = work;
  const token = toText(properties['ServiceToken']);
  return await work.respond(RequestType, async (ResponseURL) => {
    const request = {
      RequestType,
      ServiceToken: token,
      ResponseURL,
      StackId: stack.id,
      RequestId: ResponseURL.slice(ResponseURL.lastIndexOf('/') + 1),
      LogicalResourceId: logicalId,
      ...(before === undefined ? {} : { PhysicalResourceId: before.physicalId }),
      ResourceType: type,
      ResourceProperties: texts(properties),
      ...(RequestType === 'Update' ? { OldResourceProperties: texts(before?.properties) } : {}),
    };
    await send(work, token, JSON.stringify(request));
  });
}

/** @throws AwsError where it failed */
function requireSuccess({ isSuccess, reason = '' }: CustomResponse): void {
  if (isSuccess) return;
  const message = `Received response status [FAILED] from custom resource. Message returned: ${reason}`;
  throw new AwsError({ code: 'CustomResourceFailed', status: 400, message });
}

async function send(work: Work, token: string, request: string): Promise<void> {
  if (token.split(':')[2] === 'sns') {
    const Subject = 'AWS CloudFormation custom resource request';
    await work.call('sns', 'Publish', { TopicArn: token, Subject, Message: request });
    return;
  }
  const Payload = utf8(request);
  await work.call('lambda', 'Invoke', { FunctionName: token, InvocationType: 'Event', Payload });
}

/** As a function sees them: numbers and booleans are texts. */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, texts(item)]));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? toText(value) : value;
}

const NESTED_STACK: ResourceType = {
  properties: words('NotificationARNs Parameters Tags TemplateURL TimeoutInMinutes'),
  required: ['TemplateURL'],
  replacing: [],
  tags: 'list',
  async unclaimed(work) {
    const StackName = work.newName(128);
    const answer = await work.call('cloudformation', 'DescribeStacks', { StackName }).catch(absent);
    const [stack] = structuresOf(answer?.['Stacks']);
    return stack && answered(stack, 'StackId');
  },
  async create(work) {
    const StackName = work.newName(128);
    const input = { ...nestedInput(work), StackName, OnFailure: 'ROLLBACK' };
    const answer = await work.call('cloudformation', 'CreateStack', input);
    const id = answered(answer, 'StackId');
    await work.claim(id);
    return await settled(work, id, { wanted: ['CREATE_COMPLETE'], verb: 'created' });
  },
  async update(work, { physicalId: StackName }) {
    // An update of it may be under way still, of an outer one that was cancelled or whose server was killed.
    await atRest(work, StackName);
    try {
      await work.call('cloudformation', 'UpdateStack', { ...nestedInput(work), StackName });
    } catch (error) {
      const isSame =
        error instanceof AwsError && error.message === 'No updates are to be performed.';
      if (!isSame) throw error;
      // It is what it should be, also where it came back to that.
      return await settled(work, StackName, { wanted: UPDATABLE, verb: 'updated' });
    }
    return await settled(work, StackName, { wanted: ['UPDATE_COMPLETE'], verb: 'updated' });
  },
  async delete(work, { physicalId: StackName }) {
    await gone(work.call('cloudformation', 'DeleteStack', { StackName }));
    await settled(work, StackName, { wanted: ['DELETE_COMPLETE'], verb: 'deleted' });
  },
};

/** CloudFormation says it so of what is not there. */
function absent(error: unknown): undefined {
  if (!(error instanceof AwsError) || !error.message.endsWith('does not exist')) throw error;
}

const UPDATABLE = words('CREATE_COMPLETE UPDATE_COMPLETE UPDATE_ROLLBACK_COMPLETE');
const ALL_CAPABILITIES = words('CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND');

/** Whoever agreed to the outer stack agreed to what it holds. */
function nestedInput({ properties }: Work): Values {
  const { Parameters: parameters } = properties;
  const given = isObject(parameters) ? Object.entries(parameters) : [];
  const Parameters = given.map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: Array.isArray(value) ? value.join(',') : toText(value),
  }));
  return { ...properties, Parameters, Capabilities: ALL_CAPABILITIES };
}

/** A stack, once it is at rest; nothing where it is not there. */
async function atRest(work: Work, StackName: string): Promise<Values> {
  let stack: Values = {};
  await work.until(async () => {
    const answer = await orAbsent(work.call('cloudformation', 'DescribeStacks', { StackName }));
    const { Stacks: stacks } = answer ?? {};
    const [first] = structuresOf(stacks);
    stack = first ?? {};
    return !answered(stack, 'StackStatus').endsWith('_IN_PROGRESS');
  }, STACKS_TOPIC);
  return stack;
}

/** Waits until a stack is at rest. @throws AwsError where that is not where it should be */
async function settled(
  work: Work,
  StackName: string,
  { wanted, verb }: { readonly wanted: readonly string[]; readonly verb: string },
): Promise<Made> {
  const stack = await atRest(work, StackName);
  const status = answered(stack, 'StackStatus');
  if (!wanted.includes(status)) {
    const reason = answered(stack, 'StackStatusReason') || (await reasonTold(work, StackName));
    const state = verb === 'updated' ? `. Currently in ${status} with reason` : '';
    throw validation(`Embedded stack ${StackName} was not successfully ${verb}${state}: ${reason}`);
  }
  return { physicalId: StackName, attributes: outputsOf(stack) };
}

/** Why a stack failed, which it does not show any more once it has gone back. */
async function reasonTold(work: Work, StackName: string): Promise<string> {
  const asked = work.call('cloudformation', 'DescribeStackEvents', { StackName });
  const { StackEvents: events } = await asked.catch((): Values => ({}));
  const told = structuresOf(events).find(
    (one) =>
      one['PhysicalResourceId'] === StackName &&
      /(?:ROLLBACK_IN_PROGRESS|FAILED)$/.test(toText(one['ResourceStatus'])),
  );
  return toText(told?.['ResourceStatusReason']);
}

function outputsOf({ Outputs: outputs }: Values): JsonObject {
  return Object.fromEntries(
    structuresOf(outputs).map((one) => [
      `Outputs.${toText(one['OutputKey'])}`,
      toText(one['OutputValue']),
    ]),
  );
}

const KEY = inert(
  words(`BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage MultiRegion
    Origin PendingWindowInDays RotationPeriodInDays Tags`),
  ({ accountId, region }, id) => ({
    Arn: `arn:aws:kms:${region}:${accountId}:key/${id}`,
    KeyId: id,
  }),
);

export const STACK_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CDK::Metadata': inert(words('Analytics Modules')),
  'AWS::CloudFormation::CustomResource': CUSTOM_RESOURCE,
  'AWS::CloudFormation::Stack': NESTED_STACK,
  'AWS::CloudFormation::WaitConditionHandle': inert([]),
  'AWS::KMS::Alias': inert(words('AliasName TargetKeyId')),
  'AWS::KMS::Key': KEY,
};
