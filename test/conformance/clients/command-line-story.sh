#!/bin/sh
# What a user of the AWS CLI does first, against AWS_ENDPOINT_URL; prints one word a step that held.
# $1 is a folder to work in.
set -eu
cd "$1"
account=$(aws sts get-caller-identity --query Account --output text)
echo identity

aws s3 mb s3://shelf >/dev/null
printf 'hello from a file' >greeting.txt
aws s3 cp greeting.txt s3://shelf/greeting.txt >/dev/null
[ "$(aws s3 cp s3://shelf/greeting.txt -)" = 'hello from a file' ]
head -c 12000000 /dev/zero >large.bin
aws s3 cp large.bin s3://shelf/large.bin >/dev/null
aws s3 ls s3://shelf | grep -q '12000000 large.bin'
echo objects

aws dynamodb create-table --table-name shelf --billing-mode PAY_PER_REQUEST \
  --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH >/dev/null
aws dynamodb wait table-exists --table-name shelf
aws dynamodb put-item --table-name shelf --item '{"id":{"S":"1"},"n":{"N":"1.50"}}'
[ "$(aws dynamodb get-item --table-name shelf --key '{"id":{"S":"1"}}' --query Item.n.N --output text)" = 1.5 ]
echo items

printf 'export const handler = async (event) => ({ hello: event.name });' >index.mjs
python3 -c "import zipfile; zipfile.ZipFile('code.zip', 'w').write('index.mjs')"
aws lambda create-function --function-name shelf --runtime nodejs24.x --handler index.handler \
  --role "arn:aws:iam::$account:role/shelf" --zip-file fileb://code.zip >/dev/null
aws lambda wait function-active-v2 --function-name shelf
aws lambda invoke --function-name shelf --payload '{"name":"Ada"}' answer.json >/dev/null
[ "$(cat answer.json)" = '{"hello":"Ada"}' ]
echo invoke

# Version 1 of the CLI knows the endpoint of SQS better than the environment: it wants to be told.
sqs() { aws sqs "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }
sqs create-queue --queue-name shelf >/dev/null
url=$(sqs get-queue-url --queue-name shelf --query QueueUrl --output text)
sqs send-message --queue-url "$url" --message-body one >/dev/null
[ "$(sqs receive-message --queue-url "$url" --query 'Messages[0].Body' --output text)" = one ]
echo queue

aws logs describe-log-groups --query 'logGroups[].logGroupName' --output text | grep -q /aws/lambda/shelf
echo logs

if aws lambda get-function --function-name nobody 2>error.txt; then exit 1; fi
grep -q "(ResourceNotFoundException) when calling the GetFunction operation: Function not found: arn:aws:lambda:us-east-1:$account:function:nobody" error.txt
echo errors
