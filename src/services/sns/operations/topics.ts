import type { CreateTopicInput, Operations } from '#aws/models/sns.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { invalidParameter, noSuchTopic } from '../errors.ts';
import { FIFO_TOPIC_NAME_PATTERN, TOPIC_NAME_PATTERN } from '../limits.ts';
import { requestedTopic, topicArn, type Topic, type TopicAddress } from '../model.ts';
import { pageOf } from '../paging.ts';
import { deleteTopicRows, findTopic, listTopicsOf, saveTopic, subscriptionsOf } from '../store.ts';
import { tagsOf } from '../tag-list.ts';
import { checkTopicAttribute, describeTopic, keptTopicAttributes } from '../topic-attributes.ts';

/** A topic that is there already is answered, unless it was made differently. */
export function createTopic({ database }: SnsDependencies): Operations['CreateTopic'] {
  return async ({ accountId, region }, input) => {
    const topic = topicOf({ accountId, region, topic: input.Name }, input);
    await database.transact(async (tx) => {
      const known = await findTopic(tx, topic);
      if (known === undefined) await saveTopic(tx, topic);
      else checkSame(known, topic, input);
    });
    return { TopicArn: topicArn(topic) };
  };
}

function topicOf(address: TopicAddress, input: CreateTopicInput): Topic {
  const { Attributes: attributes = {} } = input;
  const isFifo = attributes['FifoTopic']?.toLowerCase() === 'true';
  for (const [name, value] of Object.entries(attributes)) {
    checkTopicAttribute(name, value, { isAtCreation: true, isFifo });
  }
  // Recorded: test_create_topic_name_constraints.
  const pattern = isFifo ? FIFO_TOPIC_NAME_PATTERN : TOPIC_NAME_PATTERN;
  if (!pattern.test(address.topic)) throw invalidParameter('Topic Name');
  return {
    ...address,
    isFifo,
    attributes: keptTopicAttributes(attributes),
    tags: tagsOf(input.Tags),
  };
}

/** Recorded: `test_create_duplicate_topic_with_more_tags`, `test_create_topic_different_attrs`. */
function checkSame(known: Topic, topic: Topic, input: CreateTopicInput): void {
  const differs = (name: 'tags' | 'attributes'): boolean =>
    Object.entries(topic[name]).some(([key, value]) => known[name][key] !== value);
  if (input.Tags !== undefined && differs('tags')) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
  if (differs('attributes')) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
}

/** A topic that is not there is no error. */
export function deleteTopic({ database, clock }: SnsDependencies): Operations['DeleteTopic'] {
  return async (context, { TopicArn }) => {
    const address = requestedTopic(context, TopicArn);
    await database.transact((tx) => deleteTopicRows(tx, address, clock.now()));
    return {};
  };
}

/** Lists an account’s topics, a page at a time. */
export function listTopics({ database }: SnsDependencies): Operations['ListTopics'] {
  return async (context, { NextToken }) => {
    const topics = await database.read((queries) => listTopicsOf(queries, context));
    const { page, next } = pageOf(topics, ({ topic }) => topic, NextToken);
    return { Topics: page.map((topic) => ({ TopicArn: topicArn(topic) })), ...next };
  };
}

/** Tells what is set of a topic, and how many subscribe to it. */
export function getTopicAttributes({
  database,
}: SnsDependencies): Operations['GetTopicAttributes'] {
  return async (context, { TopicArn }) => {
    const address = requestedTopic(context, TopicArn);
    const Attributes = await database.read(async (queries) =>
      describeTopic(await requireTopic(queries, address), await subscriptionsOf(queries, address)),
    );
    return { Attributes };
  };
}

/** Sets one attribute of a topic. */
export function setTopicAttributes({
  database,
}: SnsDependencies): Operations['SetTopicAttributes'] {
  return async (context, { TopicArn, AttributeName, AttributeValue = '' }) => {
    const address = requestedTopic(context, TopicArn);
    await database.transact(async (tx) => {
      const topic = await requireTopic(tx, address);
      checkTopicAttribute(AttributeName, AttributeValue, {
        isAtCreation: false,
        isFifo: topic.isFifo,
      });
      const changed = { ...topic.attributes, [AttributeName]: AttributeValue };
      const attributes = keptTopicAttributes(changed);
      await saveTopic(tx, { ...topic, attributes });
    });
    return {};
  };
}

/** @throws AwsError NotFound */
export async function requireTopic(queries: Queries, address: TopicAddress): Promise<Topic> {
  const topic = await findTopic(queries, address);
  if (topic === undefined) throw noSuchTopic();
  return topic;
}
