#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_ethdev.h>

#define MAX_DEVARGS 1024
#define DOING "probe a device"

/** One probing of a device, and the ports that it has brought. */
struct probe {
	char devargs[MAX_DEVARGS];
	uint16_t ports[RTE_MAX_ETHPORTS];
	uint32_t count;
	int error;
	napi_async_work work;
	napi_deferred deferred;
};

pthread_mutex_t port_devices_lock = PTHREAD_MUTEX_INITIALIZER;

static struct probe *prepare(struct call *call, napi_env env, napi_callback_info info);
static void run(napi_env env, void *data);
static void settle(napi_env env, napi_status status, void *data);
static napi_value take_result(const struct call *call, struct probe *probe);
static int probe_error(int error);

napi_value port_probe(napi_env env, napi_callback_info info)
{
	struct call call;
	struct probe *probe = prepare(&call, env, info);

	if (probe == NULL)
		return NULL;
	run(NULL, probe);
	return take_result(&call, probe);
}

napi_value port_probe_begin(napi_env env, napi_callback_info info)
{
	struct call call;
	napi_value name, promise = NULL;
	struct probe *probe = prepare(&call, env, info);

	if (probe == NULL)
		return NULL;
	if (napi_create_string_latin1(env, call.doing, NAPI_AUTO_LENGTH, &name) != napi_ok ||
		napi_create_async_work(env, NULL, name, run, settle, probe, &probe->work) != napi_ok ||
		napi_create_promise(env, &probe->deferred, &promise) != napi_ok ||
		napi_queue_async_work(env, probe->work) != napi_ok) {
		probe->error = ENOMEM;
		return take_result(&call, probe);
	}
	return promise;
}

/* NULL after it has thrown. */
static struct probe *prepare(struct call *call, napi_env env, napi_callback_info info)
{
	if (!call_begin(call, env, info, DOING, 1))
		return NULL;
	struct probe *probe = calloc(1, sizeof(*probe));
	if (probe == NULL)
		call_fail(call, ENOMEM, "no memory");
	else if (arg_string(call, 0, "devargs", probe->devargs, sizeof(probe->devargs)))
		return probe;
	free(probe);
	return NULL;
}

/* The part that needs no JavaScript, on any thread. */
static void run(napi_env env, void *data)
{
	(void)env;
	struct probe *probe = data;
	bool known[RTE_MAX_ETHPORTS] = {false};
	uint16_t port;

	pthread_mutex_lock(&port_devices_lock);
	RTE_ETH_FOREACH_DEV(port)
		known[port] = true;
	int error = rte_dev_probe(probe->devargs);
	probe->error = error != 0 ? probe_error(-error) : 0;
	RTE_ETH_FOREACH_DEV(port)
		if (error == 0 && !known[port])
			probe->ports[probe->count++] = port;
	pthread_mutex_unlock(&port_devices_lock);
}

static void settle(napi_env env, napi_status status, void *data)
{
	struct probe *probe = data;
	struct call call = {.env = env, .doing = DOING};
	napi_deferred deferred = probe->deferred;
	napi_value error;

	if (status != napi_ok)
		probe->error = ECANCELED;
	napi_delete_async_work(env, probe->work);
	napi_value result = take_result(&call, probe);
	if (result != NULL)
		napi_resolve_deferred(env, deferred, result);
	else if (napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_reject_deferred(env, deferred, error);
}

/* Says how it went, and forgets it; NULL after it has thrown. */
static napi_value take_result(const struct call *call, struct probe *probe)
{
	napi_value result = NULL;

	if (probe->error != 0)
		call_fail(call, probe->error, "no driver could start %s", probe->devargs);
	else if (probe->count == 0)
		call_fail(call, EEXIST, "the device of %s is there already, or has no Ethernet port", probe->devargs);
	else
		napi_create_array(call->env, &result);
	for (uint32_t i = 0; result != NULL && i < probe->count; i++)
		napi_set_element(call->env, result, i, make_u32(call->env, probe->ports[i]));
	free(probe);
	return result;
}

/* No bus that knows the name is a "bad address" to EAL, and many drivers say -1 to any argument they refuse. */
static int probe_error(int error)
{
	if (error == EFAULT)
		return ENODEV;
	return error == EPERM && geteuid() == 0 ? EINVAL : error;
}
