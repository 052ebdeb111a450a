/** An ETag as S3 sends it: the hex digest in double quotes. */
export function quoteEtag(etag: string): string {
  return `"${etag}"`;
}

/** The bare digest; clients send it with quotes, without, or weak. */
export function bareEtag(text: string): string {
  return text
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/s, '$1');
}

/** Whether a list as in If-Match names the ETag, or is `*`. */
export function matchesEtag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((one) => bareEtag(one) === etag);
}
