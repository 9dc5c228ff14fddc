/*
 * The packet path's functions for WebAssembly alone, called without a Node-API call between: V8's "fast API calls"
 * (docs/decisions/0026-webassembly-calls-c-directly.md).
 */
#pragma once
#include <node_api.h>

/** fastCalls() → {rx, tx, alloc, free, plusOne}, to be imported by a module, or undefined where this V8 is not known. */
napi_value fast_calls(napi_env env, napi_callback_info info);
