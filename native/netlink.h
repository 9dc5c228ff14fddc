/* Messages to the kernel's netlink, and its answers, in a network namespace of one's choice. */
#pragma once
#include <node_api.h>

napi_value netlink_exchange(napi_env env, napi_callback_info info);
