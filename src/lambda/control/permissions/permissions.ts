import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, KeyValues, Need, ParsedInput, Permissions } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { isObject } from '#kernel/json.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import { parseCallbackId } from '../../durable/index.ts';
import { addressOfArn, functionArn, LATEST, parseFunctionReference } from '../../model/address.ts';
import { policyDocument } from '../../model/policy.ts';
import { functions, layerVersions, policies } from '../../store.ts';
import { layerAddress, layerArn, parseLayerVersionArn } from '../layers/layer-name.ts';

const SERVICE = 'lambda.amazonaws.com';

/** Only these are about a version or an alias; all others are about the function. */
const QUALIFIED: ReadonlySet<string> = new Set([
  'Invoke',
  'InvokeAsync',
  'InvokeWithResponseStream',
]);

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const LAMBDA_PERMISSIONS: Permissions = definePermissions({
  prefix: 'lambda',
  actions: {
    GetLayerVersionByArn: 'GetLayerVersion',
    Invoke: 'InvokeFunction',
    InvokeWithResponseStream: 'InvokeFunction',
  },
  resourcesOf: resourceOf,
  keysOf: ({ operation, input, context }) => keysOf(operation, input, context),
  moreOf: (call) => moreOf(call),
});

function resourceOf({ operation, input, context }: Call): string | undefined {
  const { accountId, region } = context;
  const arn = textOf(input, 'Resource') ?? textOf(input, 'ResourceArn') ?? textOf(input, 'Arn');
  const execution = arn ?? executionOf(input);
  if (execution !== undefined) return execution;
  const uuid = textOf(input, 'UUID');
  if (uuid !== undefined) {
    return formatArn('lambda', region, accountId, `event-source-mapping:${uuid}`);
  }
  const layer = textOf(input, 'LayerName');
  if (layer !== undefined) {
    const number = input['VersionNumber'];
    const named = layerArn(layerAddress(context, layer));
    return typeof number === 'number' ? `${named}:${number}` : named;
  }
  const isMapping = operation.endsWith('EventSourceMapping') || operation.endsWith('Mappings');
  const functionName = isMapping ? undefined : textOf(input, 'FunctionName');
  if (functionName === undefined) return textOf(input, 'CodeSigningConfigArn');
  return QUALIFIED.has(operation)
    ? invokedArn(context, functionName, input)
    : functionArnOf(context, functionName);
}

/** The durable execution that is named, by itself or by one of its callbacks. */
function executionOf(input: ParsedInput): string | undefined {
  const callbackId = textOf(input, 'CallbackId');
  const named = callbackId === undefined ? undefined : parseCallbackId(callbackId);
  return textOf(input, 'DurableExecutionArn') ?? named?.executionArn;
}

/** Whatever the form of the name. */
function functionArnOf({ accountId, region }: Call['context'], name: string): string {
  return functionArn({ accountId, region, functionName: name, ...parseFunctionReference(name) });
}

/** With the qualifier that stands in the name or beside it. */
function invokedArn(context: Call['context'], name: string, input: ParsedInput): string {
  const qualifier = textOf(input, 'Qualifier') ?? parseFunctionReference(name)?.qualifier;
  const arn = functionArnOf(context, name);
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

function keysOf(operation: string, input: ParsedInput, context: Call['context']): KeyValues {
  const isMapping = operation.endsWith('EventSourceMapping');
  const name = isMapping ? textOf(input, 'FunctionName') : undefined;
  const layers = input['Layers'];
  return {
    'lambda:FunctionArn': name && functionArnOf(context, name),
    'lambda:Principal': textOf(input, 'Principal'),
    'lambda:FunctionUrlAuthType': textOf(input, 'AuthType') ?? textOf(input, 'FunctionUrlAuthType'),
    'lambda:CodeSigningConfigArn': textOf(input, 'CodeSigningConfigArn'),
    'lambda:Layer': Array.isArray(layers) ? layers.map(String) : undefined,
  };
}

/** The role is passed on; layers and an archive in a bucket are read on the caller's account. */
function moreOf({ operation, input }: Call): readonly Need[] {
  const code = input['Code'] ?? input['Content'] ?? input;
  const { S3Bucket: bucket, S3Key: key, S3ObjectVersion: version } = isObject(code) ? code : {};
  const isStored = typeof bucket === 'string' && typeof key === 'string';
  const layers = Array.isArray(input['Layers']) ? input['Layers'] : [];
  const role = operation === 'CreateFunction' || operation === 'UpdateFunctionConfiguration';
  return [
    ...(role ? passRole(textOf(input, 'Role'), SERVICE) : []),
    ...layers.map((layer) => ({ action: 'lambda:GetLayerVersion', resource: String(layer) })),
    ...(isStored
      ? [
          {
            action: version === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
            resource: `arn:aws:s3:::${bucket}/${key}`,
          },
        ]
      : []),
  ];
}

/** Policies of functions, by their qualifier, and of layers' versions. */
export const FUNCTION_POLICIES: ResourcePolicies = {
  async find(queries, _action, arn) {
    const layer = parseLayerVersionArn(arn);
    if (layer !== undefined) {
      const { accountId } = layer;
      const record = await layerVersions.get(queries, layer, layer.layerName, layer.number);
      const statements = record?.policy?.statements;
      return { accountId, ...(statements && { policy: policyDocument(statements) }) };
    }
    const address = addressOfArn(arn);
    if (address === undefined) return undefined;
    const { accountId, functionName, qualifier = LATEST } = address;
    const record = await policies.get(queries, address, functionName, qualifier);
    const tags = (await functions.get(queries, address, functionName))?.tags;
    return {
      accountId,
      ...(tags && { tags }),
      ...(record && { policy: policyDocument(record.statements) }),
    };
  },
};
