/* Datagrams to UNIX sockets, which Node.js cannot send: for syslog(3) and sd_notify(3). */
#pragma once
#include <node_api.h>

/** datagramSend(path, text): sends one datagram; a path that begins with '@' is an abstract name. */
napi_value datagram_send(napi_env env, napi_callback_info info);
