import type { Operations } from '#aws/models/sns.types.gen.ts';
import type { Json } from '#kernel/json.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { invalidParameter } from '../errors.ts';
import { requestedTopic } from '../model.ts';
import { changeStatements, POLICY_ACTIONS, sidOf } from '../policy.ts';
import { saveTopic } from '../store.ts';
import { requireTopic } from './topics.ts';

/** Recorded: `test_add_permission_errors`. */
export function addPermission({ database }: SnsDependencies): Operations['AddPermission'] {
  return async (context, { TopicArn, Label, AWSAccountId, ActionName }) => {
    const address = requestedTopic(context, TopicArn);
    const principals = AWSAccountId.map((id) => `arn:aws:iam::${id}:root`);
    const actions = ActionName.map((name) => `SNS:${name}`);
    const statement: Json = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: oneOrAll(principals) },
      Action: oneOrAll(actions),
      Resource: TopicArn,
    };
    await database.transact(async (tx) => {
      const topic = await requireTopic(tx, address);
      if (!ActionName.every((name) => POLICY_ACTIONS.includes(name))) {
        throw invalidParameter('Policy statement action out of service scope!');
      }
      const Policy = changeStatements(topic, (statements) => {
        if (statements.some((known) => sidOf(known) === Label)) {
          throw invalidParameter('Statement already exists');
        }
        return [...statements, statement];
      });
      await saveTopic(tx, { ...topic, attributes: { ...topic.attributes, Policy } });
    });
    return {};
  };
}

function oneOrAll(values: readonly string[]): Json {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** Takes a statement out of a topic’s policy. */
export function removePermission({ database }: SnsDependencies): Operations['RemovePermission'] {
  return async (context, { TopicArn, Label }) => {
    const address = requestedTopic(context, TopicArn);
    await database.transact(async (tx) => {
      const topic = await requireTopic(tx, address);
      const Policy = changeStatements(topic, (statements) =>
        statements.filter((statement) => sidOf(statement) !== Label),
      );
      await saveTopic(tx, { ...topic, attributes: { ...topic.attributes, Policy } });
    });
    return {};
  };
}
