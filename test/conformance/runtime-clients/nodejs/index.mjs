// What each client of AWS's is asked for, in Node.js.
let calls = 0;

export const handler = async (event, context) => {
  calls += 1;
  if (event.kind === 'fail') throw new RangeError('it broke');
  if (event.kind === 'exit') process.exit(3);
  if (event.kind === 'large') return 'x'.repeat(event.bytes);
  if (event.kind === 'log') {
    console.log('said by the function');
    return null;
  }
  const remainingMs = context.getRemainingTimeInMillis();
  return {
    echo: event.value,
    calls,
    requestId: context.awsRequestId,
    arn: context.invokedFunctionArn,
    hasTime: remainingMs > 0 && remainingMs <= 10_000,
    trace: (process.env._X_AMZN_TRACE_ID ?? '').split(';')[0],
  };
};

export const stream = awslambda.streamifyResponse(async (event, output) => {
  output.setContentType('text/plain');
  output.write('first ');
  output.write('second');
  output.end();
});
