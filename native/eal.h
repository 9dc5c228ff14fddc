/* The environment abstraction layer: one per process. */
#pragma once
#include <node_api.h>
#include <sched.h>
#include <stdbool.h>

/** True between a successful ealInit and ealCleanup. */
bool eal_ready(void);

/** CPUs this process was allowed to use when the addon first ran ealInit. */
const cpu_set_t *eal_allowed_cpus(void);

/** ealInit(args: string[], cpus: number[]) → {version, mainLcore, iovaMode, hugepages, startMs}; `cpus` hold EAL's own threads. */
napi_value eal_init(napi_env env, napi_callback_info info);

/**
 * ealBegin(args, cpus) → a promise of what ealInit returns. EAL starts on a thread of libuv's meanwhile; the calling
 * thread gets an lcore id of its own when it has started.
 */
napi_value eal_begin(napi_env env, napi_callback_info info);

/** ealCleanup(): stops and closes every port, unmaps the packet memory, gives everything back. */
napi_value eal_cleanup(napi_env env, napi_callback_info info);
