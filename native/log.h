/* EAL's log, kept in a small ring so that an error can say what EAL said. */
#pragma once
#include <node_api.h>

/** Sends EAL's log into the ring; does nothing the second time. Returns 0 or a positive errno. */
int log_capture(void);

/** logTake() → string: returns what EAL logged since the last call, at most the last 16 KiB. */
napi_value log_take(napi_env env, napi_callback_info info);

/** logLevels() → string: what rte_log_dump writes, a line for each log type: "id 0: lib.eal, level is info". */
napi_value log_levels(napi_env env, napi_callback_info info);

/** logSetLevel(pattern: string, level: number): sets the level (1 emergency … 8 debug) of matching log types. */
napi_value log_set_level(napi_env env, napi_callback_info info);
