/** Operations that clients may ask for. */
export const OPERATION_NAMES = [
  'ContinueUpdateRollback',
  'CreateChangeSet',
  'CreateStack',
  'DeleteChangeSet',
  'DeleteStack',
  'DescribeChangeSet',
  'DescribeStackEvents',
  'DescribeStackResource',
  'DescribeStackResources',
  'DescribeStacks',
  'ExecuteChangeSet',
  'GetStackPolicy',
  'GetTemplate',
  'GetTemplateSummary',
  'ListChangeSets',
  'ListExports',
  'ListImports',
  'ListStackResources',
  'ListStacks',
  'RollbackStack',
  'SetStackPolicy',
  'UpdateStack',
  'UpdateTerminationProtection',
  'ValidateTemplate',
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];
