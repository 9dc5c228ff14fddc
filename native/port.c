#include "port.h"

#include <errno.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "burst.h"
#include "wait.h"

static int close_and_remove(uint16_t port);
static bool device_has_ports(const struct rte_device *device);

bool arg_port(const struct call *call, size_t index, uint16_t *out)
{
	uint32_t port;
	if (!arg_u32(call, index, "port", RTE_MAX_ETHPORTS - 1, &port))
		return false;
	*out = (uint16_t)port;
	if (!rte_eth_dev_is_valid_port(*out)) {
		call_fail(call, ENODEV, "there is no port %u", port);
		return false;
	}
	port_stop_finish(*out);
	return true;
}

void port_close_all(void)
{
	uint16_t port;
	RTE_ETH_FOREACH_DEV(port)
		close_and_remove(port);
}

napi_value port_find(napi_env env, napi_callback_info info)
{
	struct call call;
	char device[RTE_ETH_NAME_MAX_LEN];
	uint16_t port;

	if (!call_begin(&call, env, info, "find a port", 1) ||
		!arg_string(&call, 0, "device", device, sizeof(device)))
		return NULL;
	napi_value result = NULL;
	napi_create_int32(env, rte_eth_dev_get_port_by_name(device, &port) == 0 ? port : -1, &result);
	return result;
}

napi_value port_list(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result = NULL;
	uint32_t count = 0;
	uint16_t port;

	napi_create_array(env, &result);
	RTE_ETH_FOREACH_DEV(port)
		napi_set_element(env, result, count++, make_u32(env, port));
	return result;
}

napi_value port_start(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;

	if (!call_begin(&call, env, info, "start a port", 1) || !arg_port(&call, 0, &port))
		return NULL;
	if (burst_ports[port].rx_queues == 0)
		return call_fail(&call, EPERM, "port %u is not configured", port);
	int error = rte_eth_dev_start(port);
	if (error != 0)
		return call_fail(&call, -error, "port %u did not start", port);
	wait_watch_port(port, burst_ports[port].rx_queues);
	atomic_store(&burst_ports[port].started, true);
	return make_undefined(env);
}

napi_value port_stop(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;

	if (!call_begin(&call, env, info, "stop a port", 1) || !arg_port(&call, 0, &port))
		return NULL;
	port_stop_begin(port);
	return make_undefined(env);
}

napi_value port_close(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;

	if (!call_begin(&call, env, info, "close a port", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int error = close_and_remove(port);
	if (error != 0)
		return call_fail(&call, -error, "port %u was stopped but not removed", port);
	return make_undefined(env);
}

/* A device without ports left is removed, and with it what it made in the system: a TAP, a socket. */
static int close_and_remove(uint16_t port)
{
	struct rte_eth_dev_info device = {0};
	int error = rte_eth_dev_info_get(port, &device);

	port_stop_begin(port);
	port_stop_finish(port);
	port_link_unwatch(port);
	burst_ports[port].rx_queues = 0;
	burst_ports[port].tx_queues = 0;
	int closed = rte_eth_dev_close(port);
	if (closed != 0)
		return closed;
	if (error != 0 || device.device == NULL || device_has_ports(device.device))
		return error;
	pthread_mutex_lock(&port_devices_lock);
	error = rte_dev_remove(device.device);
	pthread_mutex_unlock(&port_devices_lock);
	return error;
}

static bool device_has_ports(const struct rte_device *device)
{
	struct rte_eth_dev_info info;
	uint16_t port;

	RTE_ETH_FOREACH_DEV(port)
		if (rte_eth_dev_info_get(port, &info) == 0 && info.device == device)
			return true;
	return false;
}
