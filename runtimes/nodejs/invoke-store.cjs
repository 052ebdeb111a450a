'use strict';

/**
 * What `InvokeStore.getInstanceAsync()` of @aws/lambda-invoke-store answers in a function: the package takes what it
 * finds as `awslambda.InvokeStore`. AWS's client of Node.js 24 puts each event's context there.
 */
class InvokeStore {
  currentContext = undefined;

  run(context, fn) {
    this.currentContext = context;
    return fn();
  }

  getContext() {
    return this.currentContext;
  }

  hasContext() {
    return this.currentContext !== undefined;
  }

  get(key) {
    return this.currentContext?.[key];
  }

  set(key, value) {
    if (this.isProtectedKey(key)) {
      throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    }
    this.currentContext ??= {};
    this.currentContext[key] = value;
  }

  isProtectedKey(key) {
    return PROTECTED_KEYS.includes(key);
  }

  getRequestId() {
    return this.get(REQUEST_ID) ?? '-';
  }

  getXRayTraceId() {
    return this.get(TRACE_ID);
  }

  getTenantId() {
    return this.get(TENANT_ID);
  }

  getTraceparent() {
    return this.get(TRACEPARENT);
  }

  getTracestate() {
    return this.get(TRACESTATE);
  }

  getBaggage() {
    return this.get(BAGGAGE);
  }
}

const REQUEST_ID = Symbol.for('_AWS_LAMBDA_REQUEST_ID');
const TRACE_ID = Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID');
const TENANT_ID = Symbol.for('_AWS_LAMBDA_TENANT_ID');
const TRACEPARENT = Symbol.for('_AWS_LAMBDA_TRACEPARENT');
const TRACESTATE = Symbol.for('_AWS_LAMBDA_TRACESTATE');
const BAGGAGE = Symbol.for('_AWS_LAMBDA_BAGGAGE');
const PROTECTED_KEYS = [REQUEST_ID, TRACE_ID, TENANT_ID, TRACEPARENT, TRACESTATE, BAGGAGE];

const store = new InvokeStore();

/** Makes an event the one that the store tells of. */
function storeEvent(headers) {
  store.currentContext = {
    [REQUEST_ID]: headers['lambda-runtime-aws-request-id'],
    [TRACE_ID]: headers['lambda-runtime-trace-id'],
    [TENANT_ID]: headers['lambda-runtime-aws-tenant-id'],
  };
}

/** The store, telling of no event. */
function emptyStore() {
  store.currentContext = undefined;
  return store;
}

module.exports = { emptyStore, storeEvent };
