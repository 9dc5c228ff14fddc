/*
 * A socket belongs to the namespace of the thread that opens it. So each exchange has a thread of its own, which enters
 * the namespace and ends there: nothing else is ever run in a container's namespace by mistake.
 */
#include "netlink.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "netlink-script.h"

#define DOING "talk to rtnetlink"

struct exchange {
	napi_async_work work;
	napi_deferred deferred;
	struct netlink_script script;
};

static struct exchange *prepare(struct call *call, napi_env env, napi_callback_info info);
static bool take_script(const struct call *call, struct exchange *exchange);
static void run(napi_env env, void *data);
static void *run_in_thread(void *data);
static void settle(napi_env env, napi_status status, void *data);
static napi_value take_result(napi_env env, const struct netlink_script *script);
static void release(struct exchange *exchange);

/* netlinkExchange(script): resolves to the answers; rejects when there was no talking. */
napi_value netlink_exchange(napi_env env, napi_callback_info info)
{
	struct call call;
	napi_value name, promise = NULL;
	struct exchange *exchange = prepare(&call, env, info);

	if (exchange == NULL)
		return NULL;
	if (napi_create_string_utf8(env, "netlinkExchange", NAPI_AUTO_LENGTH, &name) == napi_ok &&
		napi_create_async_work(env, NULL, name, run, settle, exchange, &exchange->work) == napi_ok &&
		napi_create_promise(env, &exchange->deferred, &promise) == napi_ok &&
		napi_queue_async_work(env, exchange->work) == napi_ok)
		return promise;
	release(exchange);
	return call_fail(&call, ENOMEM, "no work could be queued");
}

/* NULL after it has thrown. */
static struct exchange *prepare(struct call *call, napi_env env, napi_callback_info info)
{
	if (!call_begin(call, env, info, DOING, 1))
		return NULL;
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (exchange == NULL) {
		call_fail(call, ENOMEM, "no memory");
		return NULL;
	}
	if (take_script(call, exchange))
		return exchange;
	release(exchange);
	return NULL;
}

/* A copy: JavaScript may write to its own meanwhile. */
static bool take_script(const struct call *call, struct exchange *exchange)
{
	struct bytes bytes;
	if (!arg_bytes(call, 0, "script", &bytes))
		return false;
	exchange->script.bytes = malloc(bytes.length);
	if (exchange->script.bytes == NULL) {
		call_fail(call, ENOMEM, "no memory for %zu bytes", bytes.length);
		return false;
	}
	memcpy(exchange->script.bytes, bytes.data, bytes.length);
	exchange->script.length = bytes.length;
	return true;
}

static void run(napi_env env, void *data)
{
	(void)env;
	struct exchange *exchange = data;
	pthread_t thread;

	exchange->script.error = pthread_create(&thread, NULL, run_in_thread, exchange);
	if (exchange->script.error == 0)
		pthread_join(thread, NULL);
	else
		exchange->script.failed = "no thread could be started";
}

static void *run_in_thread(void *data)
{
	struct exchange *exchange = data;
	netlink_run(&exchange->script);
	return NULL;
}

static void settle(napi_env env, napi_status status, void *data)
{
	struct exchange *exchange = data;
	napi_value error;

	napi_delete_async_work(env, exchange->work);
	if (status != napi_ok) {
		exchange->script.error = ECANCELED;
		exchange->script.failed = "it was given up";
	}
	napi_value result = take_result(env, &exchange->script);
	if (result != NULL)
		napi_resolve_deferred(env, exchange->deferred, result);
	else if (napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_reject_deferred(env, exchange->deferred, error);
	release(exchange);
}

/* NULL after it has thrown. */
static napi_value take_result(napi_env env, const struct netlink_script *script)
{
	const struct call call = {.env = env, .doing = DOING};
	napi_value result = NULL;

	if (script->error != 0)
		return call_fail(&call, script->error, "%s", script->failed);
	if (napi_create_buffer_copy(env, script->answered, script->answer, NULL, &result) != napi_ok)
		return call_fail(&call, ENOMEM, "no memory for the answer");
	return result;
}

static void release(struct exchange *exchange)
{
	free(exchange->script.bytes);
	free(exchange->script.answer);
	free(exchange);
}
