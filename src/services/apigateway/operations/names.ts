import { apigateway as model } from '#aws/models/apigateway.gen.ts';

/** Those of the model that are not made by `storedOperations`: not built, or of requests that run. */
const OTHERS = new Set([
  'CreateDomainNameAccessAssociation',
  'DeleteDomainNameAccessAssociation',
  'FlushStageAuthorizersCache',
  'GetDomainNameAccessAssociations',
  'GetSdk',
  'GetSdkType',
  'GetSdkTypes',
  'RejectDomainNameAccessAssociation',
  'TestInvokeAuthorizer',
  'TestInvokeMethod',
]);

/** Operations that work on the store alone: nearly all. */
export const STORED_OPERATION_NAMES: readonly string[] = Array.from(model.operationNames()).filter(
  (name) => !OTHERS.has(name),
);
