import type { Operations } from '#aws/models/sns.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { invalidParameter } from '../errors.ts';
import { requestedTopic } from '../model.ts';
import { saveTopic } from '../store.ts';
import { requireTopic } from './topics.ts';

/** Keeps a topic's data protection policy; it is not followed. Recorded: `test_data_protection_policy_crud`. */
export function putDataProtectionPolicy({
  database,
}: SnsDependencies): Operations['PutDataProtectionPolicy'] {
  return async (context, { ResourceArn, DataProtectionPolicy: policy }) => {
    const address = requestedTopic(context, ResourceArn, 'ResourceArn');
    await database.transact(async (tx) => {
      const { dataProtectionPolicy: _old, ...topic } = await requireTopic(tx, address);
      if (policy !== '' && !isObject(parseJson(policy))) {
        throw invalidParameter('DataProtectionPolicy Reason: failed to parse JSON.');
      }
      const kept = policy === '' ? {} : { dataProtectionPolicy: policy };
      await saveTopic(tx, { ...topic, ...kept });
    });
    return {};
  };
}

/** Tells a topic's data protection policy. */
export function getDataProtectionPolicy({
  database,
}: SnsDependencies): Operations['GetDataProtectionPolicy'] {
  return async (context, { ResourceArn }) => {
    const address = requestedTopic(context, ResourceArn, 'ResourceArn');
    const topic = await database.read((queries) => requireTopic(queries, address));
    const { dataProtectionPolicy: policy } = topic;
    return policy === undefined ? {} : { DataProtectionPolicy: policy };
  };
}
