/* TAP and TUN devices, and file descriptors on the event loop. */
#pragma once
#include <node_api.h>

/** tapOpen(name, isTun) → fd; the device lives as long as the fd. */
napi_value tap_open(napi_env env, napi_callback_info info);
/** fdRead(fd, memory, offset, max) → bytes read, 0 when there is nothing to read. */
napi_value fd_read(napi_env env, napi_callback_info info);
/** fdWrite(fd, memory, offset, length) → bytes written, 0 when the device is full or down. */
napi_value fd_write(napi_env env, napi_callback_info info);
napi_value fd_close(napi_env env, napi_callback_info info);

/** pollStart(fd, callback) → handle: calls back while the fd is readable. */
napi_value poll_start(napi_env env, napi_callback_info info);
/** pollStop(handle): must come before fdClose. */
napi_value poll_stop(napi_env env, napi_callback_info info);
