/** The table of the control plane's operations. What the model has beyond it is in `unsupported.ts`, or a later part's. */
import type { Operations } from '#aws/models/lambda.types.gen.ts';
import type { Operation } from '#aws/operation.ts';

import { addLayerVersionPermission } from './layers/add-layer-version-permission.ts';
import { addPermission } from './permissions/add-permission.ts';
import type { Control } from './control.ts';
import { createAlias } from './aliases/create-alias.ts';
import { createCodeSigningConfig } from './signing/create-code-signing-config.ts';
import { createFunctionUrlConfig } from './urls/create-function-url-config.ts';
import { createFunction } from './functions/create-function.ts';
import { deleteAlias } from './aliases/delete-alias.ts';
import { deleteCodeSigningConfig } from './signing/delete-code-signing-config.ts';
import { deleteFunctionCodeSigningConfig } from './signing/delete-function-code-signing-config.ts';
import { deleteFunctionConcurrency } from './concurrency/delete-function-concurrency.ts';
import { deleteFunctionEventInvokeConfig } from './invocation/delete-function-event-invoke-config.ts';
import { deleteFunctionUrlConfig } from './urls/delete-function-url-config.ts';
import { deleteFunction } from './functions/delete-function.ts';
import { deleteLayerVersion } from './layers/delete-layer-version.ts';
import { deleteProvisionedConcurrencyConfig } from './concurrency/delete-provisioned-concurrency-config.ts';
import { deleteResourcePolicy } from './permissions/delete-resource-policy.ts';
import { getAccountSettings } from './concurrency/get-account-settings.ts';
import { getAlias } from './aliases/get-alias.ts';
import { getCodeSigningConfig } from './signing/get-code-signing-config.ts';
import { getFunctionCodeSigningConfig } from './signing/get-function-code-signing-config.ts';
import { getFunctionConcurrency } from './concurrency/get-function-concurrency.ts';
import { getFunctionConfiguration } from './functions/get-function-configuration.ts';
import { getFunctionEventInvokeConfig } from './invocation/get-function-event-invoke-config.ts';
import { getFunctionRecursionConfig } from './functions/get-function-recursion-config.ts';
import { getFunctionUrlConfig } from './urls/get-function-url-config.ts';
import { getFunction } from './functions/get-function.ts';
import { getLayerVersionByArn } from './layers/get-layer-version-by-arn.ts';
import { getLayerVersionPolicy } from './layers/get-layer-version-policy.ts';
import { getLayerVersion } from './layers/get-layer-version.ts';
import { getPolicy } from './permissions/get-policy.ts';
import { getProvisionedConcurrencyConfig } from './concurrency/get-provisioned-concurrency-config.ts';
import { getResourcePolicy } from './permissions/get-resource-policy.ts';
import { getRuntimeManagementConfig } from './functions/get-runtime-management-config.ts';
import { invokeAsync } from './invocation/invoke-async.ts';
import { invokeWithResponseStream } from './invocation/invoke-with-response-stream.ts';
import { invoke } from './invocation/invoke.ts';
import { listAliases } from './aliases/list-aliases.ts';
import { listCodeSigningConfigs } from './signing/list-code-signing-configs.ts';
import { listFunctionEventInvokeConfigs } from './invocation/list-function-event-invoke-configs.ts';
import { listFunctionUrlConfigs } from './urls/list-function-url-configs.ts';
import { listFunctionsByCodeSigningConfig } from './signing/list-functions-by-code-signing-config.ts';
import { listFunctions } from './functions/list-functions.ts';
import { listLayerVersions } from './layers/list-layer-versions.ts';
import { listLayers } from './layers/list-layers.ts';
import { listProvisionedConcurrencyConfigs } from './concurrency/list-provisioned-concurrency-configs.ts';
import { listTags } from './tags/list-tags.ts';
import { listVersionsByFunction } from './functions/list-versions-by-function.ts';
import { publishLayerVersion } from './layers/publish-layer-version.ts';
import { publishVersion } from './functions/publish-version.ts';
import { putFunctionCodeSigningConfig } from './signing/put-function-code-signing-config.ts';
import { putFunctionConcurrency } from './concurrency/put-function-concurrency.ts';
import { putFunctionEventInvokeConfig } from './invocation/put-function-event-invoke-config.ts';
import { putFunctionRecursionConfig } from './functions/put-function-recursion-config.ts';
import { putProvisionedConcurrencyConfig } from './concurrency/put-provisioned-concurrency-config.ts';
import { putResourcePolicy } from './permissions/put-resource-policy.ts';
import { putRuntimeManagementConfig } from './functions/put-runtime-management-config.ts';
import { removeLayerVersionPermission } from './layers/remove-layer-version-permission.ts';
import { removePermission } from './permissions/remove-permission.ts';
import { shared } from './permissions/shared-functions.ts';
import { tagResource } from './tags/tag-resource.ts';
import { untagResource } from './tags/untag-resource.ts';
import { updateAlias } from './aliases/update-alias.ts';
import { updateCodeSigningConfig } from './signing/update-code-signing-config.ts';
import { updateFunctionCode } from './functions/update-function-code.ts';
import { updateFunctionConfiguration } from './functions/update-function-configuration.ts';
import { updateFunctionEventInvokeConfig } from './invocation/update-function-event-invoke-config.ts';
import { updateFunctionUrlConfig } from './urls/update-function-url-config.ts';

const MAKERS = {
  AddLayerVersionPermission: addLayerVersionPermission,
  AddPermission: addPermission,
  CreateAlias: createAlias,
  CreateCodeSigningConfig: createCodeSigningConfig,
  CreateFunction: createFunction,
  CreateFunctionUrlConfig: createFunctionUrlConfig,
  DeleteAlias: deleteAlias,
  DeleteCodeSigningConfig: deleteCodeSigningConfig,
  DeleteFunction: deleteFunction,
  DeleteFunctionCodeSigningConfig: deleteFunctionCodeSigningConfig,
  DeleteFunctionConcurrency: deleteFunctionConcurrency,
  DeleteFunctionEventInvokeConfig: deleteFunctionEventInvokeConfig,
  DeleteFunctionUrlConfig: deleteFunctionUrlConfig,
  DeleteLayerVersion: deleteLayerVersion,
  DeleteProvisionedConcurrencyConfig: deleteProvisionedConcurrencyConfig,
  DeleteResourcePolicy: deleteResourcePolicy,
  GetAccountSettings: getAccountSettings,
  GetAlias: getAlias,
  GetCodeSigningConfig: getCodeSigningConfig,
  GetFunction: getFunction,
  GetFunctionCodeSigningConfig: getFunctionCodeSigningConfig,
  GetFunctionConcurrency: getFunctionConcurrency,
  GetFunctionConfiguration: getFunctionConfiguration,
  GetFunctionEventInvokeConfig: getFunctionEventInvokeConfig,
  GetFunctionRecursionConfig: getFunctionRecursionConfig,
  GetFunctionUrlConfig: getFunctionUrlConfig,
  GetLayerVersion: getLayerVersion,
  GetLayerVersionByArn: getLayerVersionByArn,
  GetLayerVersionPolicy: getLayerVersionPolicy,
  GetPolicy: getPolicy,
  GetProvisionedConcurrencyConfig: getProvisionedConcurrencyConfig,
  GetResourcePolicy: getResourcePolicy,
  GetRuntimeManagementConfig: getRuntimeManagementConfig,
  Invoke: invoke,
  InvokeAsync: invokeAsync,
  InvokeWithResponseStream: invokeWithResponseStream,
  ListAliases: listAliases,
  ListCodeSigningConfigs: listCodeSigningConfigs,
  ListFunctionEventInvokeConfigs: listFunctionEventInvokeConfigs,
  ListFunctionUrlConfigs: listFunctionUrlConfigs,
  ListFunctions: listFunctions,
  ListFunctionsByCodeSigningConfig: listFunctionsByCodeSigningConfig,
  ListLayerVersions: listLayerVersions,
  ListLayers: listLayers,
  ListProvisionedConcurrencyConfigs: listProvisionedConcurrencyConfigs,
  ListTags: listTags,
  ListVersionsByFunction: listVersionsByFunction,
  PublishLayerVersion: publishLayerVersion,
  PublishVersion: publishVersion,
  PutFunctionCodeSigningConfig: putFunctionCodeSigningConfig,
  PutFunctionConcurrency: putFunctionConcurrency,
  PutFunctionEventInvokeConfig: putFunctionEventInvokeConfig,
  PutFunctionRecursionConfig: putFunctionRecursionConfig,
  PutProvisionedConcurrencyConfig: putProvisionedConcurrencyConfig,
  PutResourcePolicy: putResourcePolicy,
  PutRuntimeManagementConfig: putRuntimeManagementConfig,
  RemoveLayerVersionPermission: removeLayerVersionPermission,
  RemovePermission: removePermission,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateCodeSigningConfig: updateCodeSigningConfig,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  UpdateFunctionEventInvokeConfig: updateFunctionEventInvokeConfig,
  UpdateFunctionUrlConfig: updateFunctionUrlConfig,
} as const satisfies {
  readonly [Name in keyof Operations]?: (control: Control) => Operations[Name];
};

export type ControlOperations = Pick<Operations, keyof typeof MAKERS>;

/** All operations over one control plane. */
export function controlOperations(control: Control): ControlOperations {
  const made = Object.entries(MAKERS).map(([name, make]) => {
    // What `shared` reads of an input is the same wherever it is there.
    const operation = make(control) as Operation<object, unknown>;
    return [name, shared(control, name, operation)];
  });
  // Each maker answers the operation of its name, as `satisfies` has checked.
  return Object.fromEntries(made) as ControlOperations;
}
