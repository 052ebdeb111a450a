#!/bin/sh
# A part of Lambda's operations through the AWS CLI, in a folder given as $1; prints one word a step that held.
set -eu
cd "$1"
lambda() { aws --output text lambda "$@"; }
# The command is refused with the code in $1.
refused() {
  code=$1
  shift
  if lambda "$@" >/dev/null 2>error.txt; then return 1; fi
  grep -q "$code" error.txt || { cat error.txt >&2; return 1; }
}

role=arn:aws:iam::000000000000:role/r
lambda create-function --function-name cli --runtime nodejs24.x --handler index.handler --role $role \
  --zip-file fileb://code.zip --query FunctionName
lambda wait function-active-v2 --function-name cli
refused ResourceConflictException create-function --function-name cli --runtime nodejs24.x \
  --handler index.handler --role $role --zip-file fileb://code.zip
lambda publish-version --function-name cli --query Version
lambda wait published-version-active --function-name cli --qualifier 1
lambda create-alias --function-name cli --name live --function-version 1 --query Name
lambda invoke --function-name cli --qualifier live \
  --payload '{"a":"b"}' answer.json --query ExecutedVersion
cat answer.json && echo
refused ResourceNotFoundException invoke --function-name absent answer.json
lambda put-function-concurrency --function-name cli --reserved-concurrent-executions 3 \
  --query ReservedConcurrentExecutions
refused ValidationException update-function-configuration --function-name cli --role x
lambda add-permission --function-name cli --statement-id s3 --action lambda:InvokeFunction \
  --principal s3.amazonaws.com --query Statement >/dev/null
lambda list-versions-by-function --function-name cli --query 'Versions[].Version'
lambda delete-function --function-name cli >/dev/null
refused ResourceNotFoundException get-function --function-name cli
echo gone
