/** Change sets as answers show them. */
import type * as Api from '#aws/models/cloudformation.types.gen.ts';
import type { ChangeSet, ResourceChange } from '../model.ts';
import { shownParameters } from './describe-stack.ts';

/** All of a change set. */
export function describedChangeSet(set: ChangeSet): Api.DescribeChangeSetOutput {
  const { goal } = set;
  return {
    ...summarisedChangeSet(set),
    ...(goal === undefined
      ? {}
      : {
          Parameters: shownParameters(goal.parameters),
          Capabilities: goal.capabilities,
          Tags: goal.tags,
          NotificationARNs: goal.notificationArns,
        }),
    RollbackConfiguration: {},
    ...(set.onFailure === undefined ? {} : { OnStackFailure: set.onFailure }),
    Changes: set.changes.map((change) => ({
      Type: 'Resource',
      ResourceChange: shownChange(change),
    })),
  };
}

/** One of a stack's change sets. */
export function summarisedChangeSet(set: ChangeSet): Api.ChangeSetSummary {
  return {
    StackId: set.stackId,
    StackName: set.stackName,
    ChangeSetId: set.id,
    ChangeSetName: set.name,
    ExecutionStatus: set.executionStatus,
    Status: set.status,
    ...(set.statusReason === undefined ? {} : { StatusReason: set.statusReason }),
    CreationTime: set.createdAtMs,
    ...(set.description === undefined ? {} : { Description: set.description }),
    IncludeNestedStacks: set.includesNested,
  };
}

function shownChange(change: ResourceChange): Api.ResourceChange {
  const { action, logicalId, physicalId, type, replacement, properties, scope } = change;
  return {
    Action: action,
    LogicalResourceId: logicalId,
    ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
    ResourceType: type,
    ...(replacement === undefined ? {} : { Replacement: replacement }),
    Scope: scope,
    Details: properties.map((name) => ({
      Target: {
        Attribute: 'Properties',
        Name: name,
        RequiresRecreation: replacement === 'True' ? 'Always' : 'Never',
      },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    })),
  };
}
