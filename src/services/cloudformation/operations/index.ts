import type { Operation } from '#aws/operation.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import * as changeSets from './change-sets.ts';
import type { OperationName } from './names.ts';
import * as read from './read.ts';
import * as rollbacks from './rollbacks.ts';
import * as policies from './stack-policies.ts';
import * as stacks from './stacks.ts';
import * as templates from './templates.ts';

/** What clients ask, by its names. */
export function createOperations(
  dependencies: CloudformationDependencies,
): Record<OperationName, Operation<never, unknown>> {
  return {
    CancelUpdateStack: rollbacks.cancelUpdateStack(dependencies),
    ContinueUpdateRollback: rollbacks.continueUpdateRollback(dependencies),
    CreateChangeSet: changeSets.createChangeSet(dependencies),
    CreateStack: stacks.createStack(dependencies),
    DeleteChangeSet: changeSets.deleteChangeSet(dependencies),
    DeleteStack: stacks.deleteStack(dependencies),
    DescribeChangeSet: changeSets.describeChangeSet(dependencies),
    DescribeStackEvents: read.describeStackEvents(dependencies),
    DescribeStackResource: read.describeStackResource(dependencies),
    DescribeStackResources: read.describeStackResources(dependencies),
    DescribeStacks: read.describeStacks(dependencies),
    ExecuteChangeSet: changeSets.executeChangeSet(dependencies),
    GetStackPolicy: policies.getStackPolicy(dependencies),
    GetTemplate: templates.getTemplate(dependencies),
    GetTemplateSummary: templates.getTemplateSummary(dependencies),
    ListChangeSets: changeSets.listChangeSetsOf(dependencies),
    ListExports: read.listAllExports(dependencies),
    ListImports: read.listImports(dependencies),
    ListStackResources: read.listStackResources(dependencies),
    ListStacks: read.listAllStacks(dependencies),
    RollbackStack: rollbacks.rollbackStack(dependencies),
    SetStackPolicy: policies.setStackPolicy(dependencies),
    UpdateStack: stacks.updateStack(dependencies),
    UpdateTerminationProtection: stacks.updateTerminationProtection(dependencies),
    ValidateTemplate: templates.validateTemplate(dependencies),
  };
}
