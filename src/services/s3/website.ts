import type { RoutingRule, WebsiteConfiguration } from '#aws/models/s3.types.gen.ts';
import { invalidArgument, invalidRequest, s3Error } from './errors.ts';

/**
 * @throws AwsError InvalidArgument, InvalidRequest, MalformedXML
 * Recorded: s3.json TestS3StaticWebsiteHosting::test_validate_website_configuration
 */
export function checkWebsite(configuration: WebsiteConfiguration): void {
  const { RedirectAllRequestsTo, IndexDocument, ErrorDocument, RoutingRules } = configuration;
  if (RedirectAllRequestsTo) {
    if (IndexDocument ?? ErrorDocument ?? RoutingRules) {
      throw invalidArgument(
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
        'RedirectAllRequestsTo',
        'not null',
      );
    }
    assertProtocol(RedirectAllRequestsTo.Protocol);
    return;
  }
  if (!IndexDocument) {
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    );
  }
  const { Suffix } = IndexDocument;
  if (Suffix === '' || Suffix.includes('/')) {
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', Suffix);
  }
  if (RoutingRules?.length === 0) throw s3Error('MalformedXML');
  for (const rule of RoutingRules ?? []) checkRule(rule);
}

function checkRule({ Condition, Redirect }: RoutingRule): void {
  assertProtocol(Redirect.Protocol);
  if (Redirect.ReplaceKeyPrefixWith !== undefined && Redirect.ReplaceKeyWith !== undefined) {
    throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.');
  }
  if (Condition && Object.keys(Condition).length === 0) {
    throw invalidRequest(
      'Condition cannot be empty. To redirect all requests without a condition, the condition element ' +
        "shouldn't be present.",
    );
  }
}

function assertProtocol(protocol: string | undefined): void {
  if (protocol === undefined || protocol === 'http' || protocol === 'https') return;
  throw invalidRequest(
    'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.',
  );
}
