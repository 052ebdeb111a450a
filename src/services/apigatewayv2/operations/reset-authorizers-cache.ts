import type { Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { partsOf, requireApi, requirePart } from '../find-parts.ts';
import { stageKey, type AuthorizerAnswers } from '../serve/ask-authorizer.ts';

/** Forgets what authorizers said of a stage. */
export function resetAuthorizersCache(
  { database }: Apigatewayv2Dependencies,
  answers: AuthorizerAnswers,
): Operations['ResetAuthorizersCache'] {
  return async (context, { ApiId, StageName }) => {
    await database.read(async (queries) => {
      const owned = await requireApi(queries, context, ApiId);
      return requirePart(queries, partsOf(owned), 'stage', StageName);
    });
    answers.forget(stageKey(ApiId, StageName));
    return {};
  };
}
