/* Worker threads: pinning, registration with EAL, time. */
#pragma once
#include <node_api.h>

/** workerRegister(cpu): pins the calling thread and gives it an lcore id; returns {lcore}. */
napi_value worker_register(napi_env env, napi_callback_info info);

/** workerUnregister(): gives the lcore id and the CPUs back; also done when the thread's environment ends. */
napi_value worker_unregister(napi_env env, napi_callback_info info);

/** cycles() → time stamp counter; cyclesPerSecond() → its rate. */
napi_value thread_cycles(napi_env env, napi_callback_info info);
napi_value thread_cycles_per_second(napi_env env, napi_callback_info info);

/** pause(ns): sleeps. */
napi_value thread_pause(napi_env env, napi_callback_info info);

/** Lets the calling thread use bursts until its environment ends, without pinning it: for the control thread. */
int thread_join(napi_env env);

/** threadId() → the kernel's id of the calling thread. */
napi_value thread_id(napi_env env, napi_callback_info info);

/** threadPin(thread, cpus): lets a thread of this process run on these CPUs only. */
napi_value thread_pin(napi_env env, napi_callback_info info);
