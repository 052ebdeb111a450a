import { accountOfAccessKey } from '#kernel/credential-ids.ts';
import type {
  GetAccessKeyInfoRequest,
  GetAccessKeyInfoResponse,
} from '#aws/models/sts.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { invalidAccessKey } from '../errors.ts';

/** Tells an access key's account, which the key itself holds. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
export const getAccessKeyInfo: Operation<
  GetAccessKeyInfoRequest,
  GetAccessKeyInfoResponse
> = async (_, { AccessKeyId }) => {
  const Account = accountOfAccessKey(AccessKeyId);
  if (Account === undefined) throw invalidAccessKey();
  return { Account };
};
