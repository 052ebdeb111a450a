/** Stacks, resources and events as answers show them. */
import type * as Api from '#aws/models/cloudformation.types.gen.ts';
import type { Resource, Stack, StackEvent, StackParameter } from '../model.ts';

const HIDDEN = '****';
const UNCHECKED = { StackDriftStatus: 'NOT_CHECKED' };

/** Parameters; those that are not to be told are stars. */
export function shownParameters(parameters: readonly StackParameter[]): Api.Parameter[] {
  return parameters.map(({ key, value, resolved, isHidden }) => ({
    ParameterKey: key,
    ParameterValue: isHidden ? HIDDEN : value,
    ...(resolved === undefined ? {} : { ResolvedValue: isHidden ? HIDDEN : resolved }),
  }));
}

function shownNesting({ nesting }: Stack) {
  return nesting === undefined ? {} : { ParentId: nesting.parentId, RootId: nesting.rootId };
}

/** All of a stack. */
export function describedStack(stack: Stack): Api.Stack {
  const { goal } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId === undefined ? {} : { ChangeSetId: stack.changeSetId }),
    ...(goal.description === undefined ? {} : { Description: goal.description }),
    Parameters: shownParameters(goal.parameters),
    CreationTime: stack.createdAtMs,
    ...(stack.deletedAtMs === undefined ? {} : { DeletionTime: stack.deletedAtMs }),
    ...(stack.updatedAtMs === undefined ? {} : { LastUpdatedTime: stack.updatedAtMs }),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
    DisableRollback: stack.disableRollback,
    NotificationARNs: goal.notificationArns,
    ...(stack.timeoutMinutes === undefined ? {} : { TimeoutInMinutes: stack.timeoutMinutes }),
    Capabilities: goal.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      ...(description === undefined ? {} : { Description: description }),
      ...(exportName === undefined ? {} : { ExportName: exportName }),
    })),
    ...(goal.roleArn === undefined ? {} : { RoleARN: goal.roleArn }),
    Tags: goal.tags,
    EnableTerminationProtection: stack.isProtected,
    ...shownNesting(stack),
    DriftInformation: UNCHECKED,
  };
}

/** A line of the list of stacks. */
export function summarisedStack(stack: Stack): Api.StackSummary {
  const { goal } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(goal.description === undefined ? {} : { TemplateDescription: goal.description }),
    CreationTime: stack.createdAtMs,
    ...(stack.deletedAtMs === undefined ? {} : { DeletionTime: stack.deletedAtMs }),
    ...(stack.updatedAtMs === undefined ? {} : { LastUpdatedTime: stack.updatedAtMs }),
    StackStatus: stack.status,
    ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
    ...shownNesting(stack),
    DriftInformation: UNCHECKED,
  };
}

/** One event of a stack. */
export function shownEvent({ id, name }: Stack, event: StackEvent): Api.StackEvent {
  return {
    StackId: id,
    EventId: event.id,
    StackName: name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: event.atMs,
    ResourceStatus: event.status,
    ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
    ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
    ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
  };
}

/** A resource, as every list of them shows it. */
export function summarisedResource(
  row: Resource,
): Omit<Api.StackResourceSummary, 'DriftInformation'> {
  return {
    LogicalResourceId: row.logicalId,
    ...(row.current === undefined ? {} : { PhysicalResourceId: row.current.physicalId }),
    ResourceType: row.type,
    LastUpdatedTimestamp: row.changedAtMs,
    ResourceStatus: row.status,
    ...(row.statusReason === undefined ? {} : { ResourceStatusReason: row.statusReason }),
  };
}
