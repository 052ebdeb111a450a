/** AWS::Lambda::Function. */
import { isObject, type JsonObject } from '#kernel/json.ts';
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  member,
  nameBy,
  notStabilized,
  ownName,
  without,
} from './shared.ts';
import { changeCodeSigning } from './code-signing.ts';
import { archiveOf } from './inline-code.ts';
import {
  textOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { toText } from '../text.ts';

/** What a setting becomes that the template gives up. */
const DEFAULTS: JsonObject = {
  Description: '',
  Environment: { Variables: {} },
  Layers: [],
  DeadLetterConfig: { TargetArn: '' },
  VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
  TracingConfig: { Mode: 'PassThrough' },
  MemorySize: 128,
  Timeout: 3,
  FileSystemConfigs: [],
  EphemeralStorage: { Size: 512 },
  KmsKeyArn: '',
};

export const functionName = nameBy('FunctionName');

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const LAMBDA_FUNCTION: ResourceType = {
  properties:
    words(`Architectures CapacityProviderConfig Code CodeSigningConfigArn DeadLetterConfig Description
    DurableConfig Environment EphemeralStorage FileSystemConfigs FunctionName FunctionScalingConfig Handler
    ImageConfig KmsKeyArn Layers LoggingConfig MemorySize PackageType PublishToLatestPublished RecursiveLoop
    ReservedConcurrentExecutions Role Runtime RuntimeManagementConfig SnapStart Tags TenancyConfig Timeout
    TracingConfig VpcConfig`),
  required: ['Code', 'Role'],
  replacing: ['FunctionName', 'PackageType', 'TenancyConfig', 'DurableConfig'],
  tags: 'list',
  unclaimed: ownName('FunctionName', functionName),
  async create(work) {
    const FunctionName = functionName(work);
    const input = { ...work.properties, FunctionName, Code: await codeOf(work.properties) };
    const answer = await work.call('lambda', 'CreateFunction', input);
    await work.claim(FunctionName);
    await untilReady(work, FunctionName);
    if (work.properties['ReservedConcurrentExecutions'] !== undefined)
      await putConcurrency(work, FunctionName);
    await putOthers(work, FunctionName);
    return made(FunctionName, answer);
  },
  async update(work, before) {
    const FunctionName = before.physicalId;
    const { call, properties } = work;
    const settings = without(properties, 'Code', 'Tags');
    const dropped = Object.entries(DEFAULTS).filter(
      ([name]) => before.properties[name] !== undefined && properties[name] === undefined,
    );
    const input = { ...Object.fromEntries(dropped), ...settings, FunctionName };
    const answer = await call('lambda', 'UpdateFunctionConfiguration', input);
    await untilReady(work, FunctionName);
    await changeCodeSigning(work, before, FunctionName);
    if (hasChanged(work, before, 'Code', 'Architectures')) {
      const { Architectures } = properties;
      const code = { ...(await codeOf(properties)), Architectures, FunctionName };
      await call('lambda', 'UpdateFunctionCode', code);
      await untilReady(work, FunctionName);
    }
    if (hasChanged(work, before, 'ReservedConcurrentExecutions'))
      await putConcurrency(work, FunctionName);
    if (hasChanged(work, before, 'RuntimeManagementConfig', 'RecursiveLoop'))
      await putOthers(work, FunctionName);
    await changeTags(work, before, {
      service: 'lambda',
      target: { Resource: textOf(before.attributes, 'Arn') },
    });
    return made(FunctionName, answer);
  },
  delete: (work, { physicalId }) =>
    gone(work.call('lambda', 'DeleteFunction', { FunctionName: physicalId })),
};

function made(physicalId: string, answer: Values): Made {
  const FunctionArn = answered(answer, 'FunctionArn');
  return {
    physicalId,
    attributes: {
      Arn: FunctionArn,
      'SnapStartResponse.ApplyOn': answered(member(answer, 'SnapStart'), 'ApplyOn'),
    },
  };
}

/** Code in the template becomes an archive; code elsewhere is named as it is. */
async function codeOf({ Code: code, Runtime: runtime }: JsonObject): Promise<Values> {
  const { ZipFile: text, ...elsewhere } = isObject(code) ? code : {};
  return typeof text === 'string' ? { ZipFile: await archiveOf(text, toText(runtime)) } : elsewhere;
}

/** Waits until a function, new or changed, is what it is to be; asks what AWS asks, as a deployer's policy may say. */
async function untilReady(work: Work, FunctionName: string): Promise<void> {
  await work.until(async () => {
    const answer = member(
      await work.call('lambda', 'GetFunction', { FunctionName }),
      'Configuration',
    );
    const { State: state, LastUpdateStatus: update } = answer;
    if (state === 'Failed' || update === 'Failed') {
      const why = answered(answer, state === 'Failed' ? 'StateReason' : 'LastUpdateStatusReason');
      throw notStabilized(`The function ${FunctionName} failed to become ready. ${why}`.trim());
    }
    return state !== 'Pending' && update !== 'InProgress';
  });
}

async function putConcurrency(work: Work, FunctionName: string): Promise<void> {
  const reserved = work.properties['ReservedConcurrentExecutions'];
  if (reserved === undefined) {
    await gone(work.call('lambda', 'DeleteFunctionConcurrency', { FunctionName }));
  } else {
    const input = { FunctionName, ReservedConcurrentExecutions: reserved };
    await work.call('lambda', 'PutFunctionConcurrency', input);
  }
}

async function putOthers(work: Work, FunctionName: string): Promise<void> {
  const { RuntimeManagementConfig: runtime, RecursiveLoop } = work.properties;
  if (isObject(runtime)) {
    await work.call('lambda', 'PutRuntimeManagementConfig', { ...runtime, FunctionName });
  }
  if (RecursiveLoop !== undefined) {
    await work.call('lambda', 'PutFunctionRecursionConfig', { FunctionName, RecursiveLoop });
  }
}
