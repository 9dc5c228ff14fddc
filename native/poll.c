#include "tuntap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <uv.h>

#include "args.h"

/* One watched file descriptor, held by libuv until it is closed and by JavaScript until it is collected. */
struct watch {
	uv_poll_t poll;
	napi_env env;
	napi_ref callback;
	napi_async_context context;
	napi_async_cleanup_hook_handle hook;
	int holders;
	bool stopped;
};

static const napi_type_tag watch_tag = {0x6d696c6c72616365, 0x706f6c6c};

static void on_readable(uv_poll_t *poll, int status, int events);
static int begin(struct watch *watch, napi_value callback, int fd);
static void stop(struct watch *watch);
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data);
static void on_closed(uv_handle_t *handle);
static void on_collected(napi_env env, void *data, void *hint);
static void let_go(struct watch *watch);

napi_value poll_start(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t fd;
	napi_value handle;

	if (!call_begin(&call, env, info, "watch a device", 2) || !arg_u32(&call, 0, "fd", INT32_MAX, &fd) ||
		!arg_function(&call, 1, "callback"))
		return NULL;
	struct watch *watch = calloc(1, sizeof(*watch));
	if (watch == NULL)
		return call_fail(&call, ENOMEM, "no memory for the watch");
	watch->env = env;
	watch->holders = 1;
	int error = begin(watch, call.values[1], (int)fd);
	if (error != 0) {
		let_go(watch);
		return call_fail(&call, error, "fd %u cannot be watched", fd);
	}
	watch->holders++;
	napi_create_object(env, &handle);
	napi_type_tag_object(env, handle, &watch_tag);
	napi_wrap(env, handle, watch, on_collected, NULL, NULL);
	return handle;
}

napi_value poll_stop(napi_env env, napi_callback_info info)
{
	struct call call;
	bool ours = false;
	void *watch = NULL;

	if (!call_begin(&call, env, info, "stop watching a device", 1) || !arg_object(&call, 0, "handle"))
		return NULL;
	napi_check_object_type_tag(env, call.values[0], &watch_tag, &ours);
	if (!ours || napi_unwrap(env, call.values[0], &watch) != napi_ok)
		return call_fail(&call, EINVAL, "expected what pollStart returned");
	stop(watch);
	return make_undefined(env);
}

static int begin(struct watch *watch, napi_value callback, int fd)
{
	uv_loop_t *loop = NULL;
	napi_value name;

	if (napi_get_uv_event_loop(watch->env, &loop) != napi_ok)
		return ENOTSUP;
	int status = uv_poll_init(loop, &watch->poll, fd);
	if (status != 0)
		return -status;
	watch->poll.data = watch;
	napi_create_string_utf8(watch->env, "millrace-poll", NAPI_AUTO_LENGTH, &name);
	napi_async_init(watch->env, NULL, name, &watch->context);
	napi_create_reference(watch->env, callback, 1, &watch->callback);
	napi_add_async_cleanup_hook(watch->env, on_environment_end, watch, &watch->hook);
	status = uv_poll_start(&watch->poll, UV_READABLE, on_readable);
	if (status != 0) {
		watch->holders++;
		stop(watch);
	}
	return -status;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	struct watch *watch = poll->data;
	napi_env env = watch->env;
	napi_handle_scope scope;
	napi_value callback;
	napi_value receiver;
	napi_value error;

	napi_open_handle_scope(env, &scope);
	napi_get_reference_value(env, watch->callback, &callback);
	napi_get_global(env, &receiver);
	if (napi_make_callback(env, watch->context, receiver, callback, 0, NULL, NULL) == napi_pending_exception) {
		napi_get_and_clear_last_exception(env, &error);
		napi_fatal_exception(env, error);
	}
	napi_close_handle_scope(env, scope);
}

static void stop(struct watch *watch)
{
	if (watch->stopped)
		return;
	watch->stopped = true;
	napi_delete_reference(watch->env, watch->callback);
	napi_async_destroy(watch->env, watch->context);
	uv_close((uv_handle_t *)&watch->poll, on_closed);
}

static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	stop(data);
}

static void on_closed(uv_handle_t *handle)
{
	struct watch *watch = handle->data;
	napi_remove_async_cleanup_hook(watch->hook);
	let_go(watch);
}

static void on_collected(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	let_go(data);
}

static void let_go(struct watch *watch)
{
	if (--watch->holders == 0)
		free(watch);
}
