import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicPolicy } from './public-policy.ts';

function isPublic(statement: object): boolean {
  const usual = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' };
  return isPublicPolicy(JSON.stringify({ Statement: [{ ...usual, ...statement }] }));
}

test('what everybody is allowed is public, also by leaving some out', () => {
  for (const open of [
    {},
    { Principal: { AWS: '*' } },
    { Principal: { AWS: ['*', '111111111111'] } },
    { Principal: undefined, NotPrincipal: { AWS: '111111111111' } },
  ]) {
    assert.equal(isPublic(open), true, JSON.stringify(open));
  }
  for (const closed of [
    { Principal: { AWS: '111111111111' } },
    { Principal: { Service: 'cloudfront.amazonaws.com' } },
    { Effect: 'Deny' },
  ]) {
    assert.equal(isPublic(closed), false, JSON.stringify(closed));
  }
});

test('a condition that anybody can meet closes nothing', () => {
  for (const Condition of [
    { Bool: { 'aws:SecureTransport': 'true' } },
    { StringLike: { 'aws:Referer': 'https://example.com/*' } },
    { StringEquals: { 's3:prefix': 'public' } },
    { StringNotEquals: { 'aws:SourceAccount': '111111111111' } },
    { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } },
    { 'ForAllValues:StringEquals': { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:root' } },
    { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } },
    { StringEquals: { 'aws:userid': '${aws:userid}' } },
    { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
    { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '128.0.0.0/7'] } },
    { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  ]) {
    assert.equal(isPublic({ Condition }), true, JSON.stringify(Condition));
  }
});

test('a condition that names who comes, or from where, closes', () => {
  for (const Condition of [
    { StringEquals: { 'AWS:SourceAccount': '111111111111' } },
    { StringLike: { 'aws:PrincipalOrgID': 'o-1' } },
    { ArnEquals: { 'aws:SourceArn': ['arn:aws:sns:us-east-1:111111111111:t'] } },
    { IpAddress: { 'aws:SourceIp': '203.0.113.7' } },
    { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } },
    {
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { 'aws:SourceVpce': 'vpce-1' },
    },
  ]) {
    assert.equal(isPublic({ Condition }), false, JSON.stringify(Condition));
  }
});
