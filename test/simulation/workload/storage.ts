/** Objects and items: each actor writes keys of its own, and reads them again. */
import type { GetItemOutput } from '#aws/models/dynamodb.types.gen.ts';
import type { GetObjectOutput, PutObjectOutput } from '#aws/models/s3.types.gen.ts';
import { BUCKET, TABLE } from '../names.ts';
import { call, type Actor } from './actor.ts';

const KEYS = 6;
/** Over what S3 keeps in its row, so that some go to blobs. */
const LARGE_BYTES = 40_000;

/** Puts an object, which notifies a function; or reads or deletes one. */
export async function useObjects(actor: Actor): Promise<void> {
  const { chance, name } = actor;
  const key = `${name}-${chance.between(1, KEYS)}`;
  const act = chance.weighted(
    [[6, putObject] as const, [3, readObject], [1, deleteObject]],
    readObject,
  );
  await act(actor, key);
}

async function putObject(actor: Actor, Key: string): Promise<void> {
  const { chance, checkers } = actor;
  const text = chance.uuid();
  const value = chance.happens(0.2) ? text.repeat(Math.ceil(LARGE_BYTES / text.length)) : text;
  const input = { Bucket: BUCKET, Key, Body: once(value), ContentLength: value.length };
  const answer = await call<PutObjectOutput>(actor, {
    service: 's3',
    operation: 'PutObject',
    input,
  });
  checkers.objects.wrote(Key, value, answer);
  if (answer.kind !== 'done') return;
  checkers.events.objectAcknowledged(Key, answer.output.ETag?.replaceAll('"', '') ?? '');
}

/** Reads one object again. */
export async function readObject(actor: Actor, Key: string): Promise<void> {
  const answer = await call<GetObjectOutput>(
    actor,
    { service: 's3', operation: 'GetObject', input: { Bucket: BUCKET, Key } },
    ['NoSuchKey'],
  );
  if (answer.kind === 'refused' && answer.code === 'NoSuchKey') {
    actor.checkers.objects.read(Key, undefined);
  }
  if (answer.kind !== 'done') return;
  const chunks: Uint8Array[] = [];
  const lost = Symbol('lost');
  const { life } = actor.host;
  const body = answer.output.Body;
  const all = (async () => {
    for await (const chunk of body ?? []) chunks.push(chunk);
    return undefined;
  })();
  if ((await Promise.race([all, life.over.then(() => lost)])) === lost) return;
  actor.checkers.objects.read(Key, Buffer.concat(chunks).toString());
}

async function deleteObject(actor: Actor, Key: string): Promise<void> {
  const input = { Bucket: BUCKET, Key };
  const answer = await call(actor, { service: 's3', operation: 'DeleteObject', input });
  actor.checkers.objects.wrote(Key, undefined, answer);
}

/** Puts, reads or deletes an item. */
export async function useItems(actor: Actor): Promise<void> {
  const { chance, name } = actor;
  const key = `${name}-${chance.between(1, KEYS)}`;
  const act = chance.weighted([[6, putItem] as const, [3, readItem], [1, deleteItem]], readItem);
  await act(actor, key);
}

async function putItem(actor: Actor, key: string): Promise<void> {
  const value = actor.chance.uuid();
  const input = { TableName: TABLE, Item: { id: { S: key }, value: { S: value } } };
  const answer = await call(actor, { service: 'dynamodb', operation: 'PutItem', input });
  actor.checkers.items.wrote(key, value, answer);
}

/** Reads one item again. */
export async function readItem(actor: Actor, key: string): Promise<void> {
  const input = { TableName: TABLE, Key: { id: { S: key } }, ConsistentRead: true };
  const request = { service: 'dynamodb', operation: 'GetItem', input };
  const answer = await call<GetItemOutput>(actor, request);
  if (answer.kind === 'done') actor.checkers.items.read(key, answer.output.Item?.['value']?.S);
}

async function deleteItem(actor: Actor, key: string): Promise<void> {
  const input = { TableName: TABLE, Key: { id: { S: key } } };
  const answer = await call(actor, { service: 'dynamodb', operation: 'DeleteItem', input });
  actor.checkers.items.wrote(key, undefined, answer);
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
