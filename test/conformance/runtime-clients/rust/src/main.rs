//! What each client of AWS's is asked for, in Rust.
use lambda_runtime::streaming::{channel, Body};
use lambda_runtime::{service_fn, Error, FunctionResponse, LambdaEvent, StreamResponse};
use serde_json::{json, Value};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static CALLS: AtomicU32 = AtomicU32::new(0);

async fn handle(event: LambdaEvent<Value>) -> Result<FunctionResponse<Value, Body>, Error> {
    let calls = CALLS.fetch_add(1, Ordering::SeqCst) + 1;
    let (payload, context) = event.into_parts();
    let answer = match payload["kind"].as_str().unwrap_or_default() {
        "fail" => return Err("it broke".into()),
        "exit" => std::process::exit(3),
        "large" => Value::String("x".repeat(payload["bytes"].as_u64().unwrap_or(0) as usize)),
        "stream" => return Ok(FunctionResponse::StreamingResponse(stream())),
        "log" => {
            println!("said by the function");
            Value::Null
        }
        _ => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
            let trace = context.xray_trace_id.unwrap_or_default();
            json!({
                "echo": payload["value"],
                "calls": calls,
                "requestId": context.request_id,
                "arn": context.invoked_function_arn,
                "hasTime": context.deadline > now && context.deadline <= now + 10_000,
                "trace": trace.split(';').next(),
            })
        }
    };
    Ok(FunctionResponse::BufferedResponse(answer))
}

fn stream() -> StreamResponse<Body> {
    let (mut sender, body) = channel();
    tokio::spawn(async move {
        for piece in ["first ", "second"] {
            if sender.send_data(piece.into()).await.is_err() {
                return;
            }
        }
    });
    StreamResponse::from(body)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}
