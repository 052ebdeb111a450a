/** Code that stands in the template: an archive of one module, and of the one by which custom resources answer. */
import { ZipFile } from 'yazl';

/** `response.send(event, context, status, data, physicalId, noEcho)`, as AWS's module of this name has it. */
const NODE_RESPONSE = `'use strict';
exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';
exports.send = (event, context, Status, Data, id, NoEcho) => {
  const url = new URL(event.ResponseURL);
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    Status,
    Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId: id || context.logStreamName,
    StackId,
    RequestId,
    LogicalResourceId,
    NoEcho: NoEcho || false,
    Data,
  });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  const { request } = url.protocol === 'http:' ? require('http') : require('https');
  return new Promise((resolve) => {
    const put = request(url, { method: 'PUT', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(context.done()));
    });
    put.on('error', (error) => {
      console.log('send(..) failed executing request(..): ' + error);
      resolve(context.done());
    });
    put.end(body);
  });
};
`;

const PYTHON_RESPONSE = `import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: " + context.log_stream_name,
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"content-type": ""})
    try:
        urllib.request.urlopen(request)
    except Exception as error:
        print("send(..) failed executing request:", error)
`;

/** @param runtime decides the module's name: `index.py`, `index.js`, `index.rb` */
export async function archiveOf(text: string, runtime: string): Promise<Uint8Array> {
  const isPython = runtime.startsWith('python');
  const extension = isPython ? 'py' : runtime.startsWith('ruby') ? 'rb' : 'js';
  const files: Record<string, string> = { [`index.${extension}`]: text };
  if (isPython) files['cfnresponse.py'] = PYTHON_RESPONSE;
  else if (extension === 'js') files['node_modules/cfn-response/index.js'] = NODE_RESPONSE;
  const zip = new ZipFile();
  // Always the same archive for the same text.
  const options = { mtime: new Date('2000-01-01T00:00:00Z'), mode: 0o100_644 };
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, options);
  }
  zip.end();
  const chunks: Uint8Array[] = [];
  // yazl types its output as NodeJS.ReadableStream; its chunks are Buffers.
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
