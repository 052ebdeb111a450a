import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { EcrCore } from '../core.ts';
import { LISTED_MAX } from '../limits.ts';
import { requireRepository } from '../store.ts';
import { listTags } from '../store-images.ts';
import { unsupported } from './errors.ts';
import type { Visit } from './visit.ts';

/** The tags of a repository, page by page: `n` of them behind `last`. */
export async function answerTags(core: EcrCore, visit: Visit): Promise<WireResponse> {
  const { request, repository, base } = visit;
  if (request.method !== 'GET') throw unsupported();
  await visit.require(['ListImages']);
  const all = await core.database.read(async (queries) => {
    await requireRepository(queries, repository);
    return await listTags(queries, repository);
  });
  const asked = request.query.get('n') ?? '';
  const limit = /^\d+$/.test(asked) ? Math.min(Number(asked), LISTED_MAX) : LISTED_MAX;
  const after = request.query.get('last') ?? '';
  const rest = all.map(({ tag }) => tag).filter((tag) => tag > after);
  const tags = rest.slice(0, limit);
  const last = tags.at(-1);
  const next = `<${base}/tags/list?n=${limit}&last=${last}>; rel="next"`;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(rest.length > tags.length && last !== undefined ? { link: next } : {}),
  };
  return {
    status: 200,
    headers,
    body: utf8(JSON.stringify({ name: base.slice('/v2/'.length), tags })),
  };
}
