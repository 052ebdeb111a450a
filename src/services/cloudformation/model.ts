/** Stacks, their resources, events and change sets, as they are stored. Times are ms since 1970. */
import { formatArn } from '#kernel/arn.ts';
import type { Json } from '#kernel/json.ts';
import type { OperationSender } from '#ports/peers/operation-caller.ts';

/** Where something lives. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A parameter as it was given; `resolved` is what a parameter of SSM's stood for. */
export interface StackParameter {
  readonly key: string;
  readonly value: string;
  readonly resolved?: string;
  readonly isHidden: boolean;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A template with everything that it is deployed by. */
export interface Goal {
  /** As it was sent. */
  readonly body: string;
  /** After its transforms, as JSON. */
  readonly processed: string;
  readonly description?: string;
  readonly parameters: readonly StackParameter[];
  readonly capabilities: readonly string[];
  readonly tags: readonly Tag[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
}

export type OperationKind = 'create' | 'update' | 'delete';
/** `forward`: to the goal; `back`: to what was before; `cleanup`: what is not needed any more goes. */
export type Phase = 'forward' | 'back' | 'cleanup' | 'cleanup-back';

/** What is being done with a stack; it is there until it is done, whoever does it. */
export interface StackOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly phase: Phase;
  readonly sender: OperationSender;
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  readonly token?: string;
  /** Resources that a deletion leaves where they are. */
  readonly retain: readonly string[];
  /** What was deployed before an update. */
  readonly before?: { readonly goal: Goal };
  /** When its time is over, by the clock that no jump moves; ms. */
  readonly untilSteadyMs?: number;
  /** The policy that holds for it, where that is another than the stack's. */
  readonly policy?: string;
}

/** Where a stack stands that is a resource of another. */
export interface Nesting {
  readonly parentId: string;
  /** The outermost of all around it. */
  readonly rootId: string;
  /** How many stacks there are around it. */
  readonly depth: number;
}

export interface Stack extends Place {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  /** What is deployed, or being deployed. */
  readonly goal: Goal;
  readonly outputs: readonly StackOutput[];
  readonly disableRollback: boolean;
  readonly timeoutMinutes?: number;
  readonly isProtected: boolean;
  /** What updates may do to its resources; all, where there is none. */
  readonly policy?: string;
  readonly changeSetId?: string;
  readonly nesting?: Nesting;
  /** Where an update, or its way back, failed: what it was to go back to. */
  readonly rollbackGoal?: Goal;
  /** True where no operation on it has come to its end since its creation failed; that may have been stopped there. */
  readonly isNeverWhole?: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs?: number;
  readonly deletedAtMs?: number;
  readonly operation?: StackOperation;
}

/** Something of another service that a template's resource stands for. */
export interface Existing {
  readonly physicalId: string;
  /** As they were resolved. */
  readonly properties: { readonly [name: string]: Json | undefined };
  readonly attributes: { readonly [name: string]: Json | undefined };
}

/** What stays of a resource when the stack has no more use for it. */
export interface Policies {
  readonly deletion: string;
  readonly updateReplace: string;
}

/** A resource before an operation changed it. */
export interface Before extends Existing, Policies {
  readonly dependsOn: readonly string[];
  readonly metadata?: string;
}

/** A request to a custom resource, whose response a server that was started again still waits for. */
export interface CustomRequest {
  /** The operation, and what it asks. */
  readonly key: string;
  readonly token: string;
  /** False: it may not have been sent. */
  readonly isSent: boolean;
}

export interface Resource extends Policies {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly statusReason?: string;
  /** By which names are made that are nobody else's. */
  readonly suffix: string;
  /** Absent until it is made. */
  readonly current?: Existing;
  /** True where the operation under way added it. */
  readonly isAdded: boolean;
  /** What it was before the operation under way changed it; kept until that has ended. */
  readonly before?: Before;
  /** What it was before updates that failed one after the other with their rollback disabled; absent where `before` says it. */
  readonly stable?: Before;
  /** True where one of those had added it. */
  readonly isAddedSinceStable?: boolean;
  /** What an update in place, begun and not ended, is to make of it: some of that may hold already. */
  readonly attempted?: Existing['properties'];
  /** The operation that has begun to make it, and had seen that nothing of its name was there. */
  readonly begunBy?: string;
  /** What a custom resource was asked last. */
  readonly request?: CustomRequest;
  /** The operation by which it reached its goal. */
  readonly doneBy?: string;
  /** Logical ids of what has to be there before. */
  readonly dependsOn: readonly string[];
  readonly metadata?: string;
  readonly changedAtMs: number;
}

/** Something that was replaced or taken out of the template, and waits for its deletion. */
export interface Leftover extends Existing {
  readonly logicalId: string;
  readonly type: string;
  readonly policy: string;
}

export interface StackEvent {
  readonly id: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly atMs: number;
  readonly token?: string;
  readonly properties?: string;
}

export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly replacement?: 'True' | 'False' | 'Conditional';
  /** Names of the properties that differ; `''` stands for the tags. */
  readonly properties: readonly string[];
  readonly scope: readonly string[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: string;
  readonly description?: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly executionStatus: string;
  readonly goal?: Goal;
  readonly changes: readonly ResourceChange[];
  readonly onFailure?: string;
  readonly createdAtMs: number;
  readonly includesNested: boolean;
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID`. */
export function stackArn({ accountId, region }: Place, name: string, uuid: string): string {
  return formatArn('cloudformation', region, accountId, `stack/${name}/${uuid}`);
}

/** The name in a stack's ARN. */
export function nameOfStack(stackId: string): string {
  return stackId.split('/')[1] ?? stackId;
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:changeSet/NAME/UUID`. */
export function changeSetArn({ accountId, region }: Place, name: string, uuid: string): string {
  return formatArn('cloudformation', region, accountId, `changeSet/${name}/${uuid}`);
}
