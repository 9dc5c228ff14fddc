/* Programs in the kernel that tell pods apart on the port that they share. */
#pragma once
#include <node_api.h>

napi_value steer_from_pod(napi_env env, napi_callback_info info);
napi_value steer_to_pods(napi_env env, napi_callback_info info);
