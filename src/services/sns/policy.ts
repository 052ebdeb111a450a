/** A topic's access policy: AWS's default, and statements by label. */
import { isObject, parseJson, type Json } from '#kernel/json.ts';
import { topicArn, type Topic, type TopicAddress } from './model.ts';

const DEFAULT_ACTIONS = [
  'SNS:GetTopicAttributes',
  'SNS:SetTopicAttributes',
  'SNS:AddPermission',
  'SNS:RemovePermission',
  'SNS:DeleteTopic',
  'SNS:Subscribe',
  'SNS:ListSubscriptionsByTopic',
  'SNS:Publish',
];

/** Actions that AddPermission takes, by their names without a service. */
export const POLICY_ACTIONS: readonly string[] = [
  ...DEFAULT_ACTIONS.map((action) => action.slice('SNS:'.length)),
  'Receive',
];

/** Recorded: `test_create_topic_test_arn`. */
export function defaultPolicy(address: TopicAddress): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: DEFAULT_ACTIONS,
        Resource: topicArn(address),
        Condition: { StringEquals: { 'AWS:SourceOwner': address.accountId } },
      },
    ],
  });
}

/** A topic’s policy: the one that was set, or AWS’s default. */
export function policyOf(topic: Topic): string {
  return topic.attributes['Policy'] ?? defaultPolicy(topic);
}

/** The policy's statements, changed. */
export function changeStatements(
  topic: Topic,
  change: (statements: readonly Json[]) => readonly Json[],
): string {
  // A policy is stored only when it is a JSON object.
  const document = parseJson(policyOf(topic)) as { readonly [key: string]: Json };
  const { Statement } = document;
  // Arrays of JSON hold JSON.
  const statements = Array.isArray(Statement) ? (Statement as readonly Json[]) : [];
  return JSON.stringify({ ...document, Statement: change(statements) });
}

/** A statement’s id, whatever it is. */
export function sidOf(statement: Json): unknown {
  return isObject(statement) ? statement['Sid'] : undefined;
}
