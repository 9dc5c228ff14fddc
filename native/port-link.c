#include "port.h"

#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_ethdev.h>

/* EAL's interrupt thread calls while the environment that listens may be ending. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static napi_threadsafe_function listener;

static bool has_carrier(uint16_t port);
static int on_event(uint16_t port, enum rte_eth_event_type type, void *context, void *detail);
static void deliver(napi_env env, napi_value callback, void *context, void *data);
static void forget(napi_env env, void *data, void *context);

napi_value port_link(napi_env env, napi_callback_info info)
{
	struct call call;
	struct rte_eth_link link = {0};
	uint16_t port;

	if (!call_begin(&call, env, info, "read a port's link", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int error = rte_eth_link_get_nowait(port, &link);
	if (error != 0)
		return call_fail(&call, -error, "port %u does not tell its link", port);
	napi_value result = NULL;
	napi_create_object(env, &result);
	set_bool(env, result, "up", link.link_status == RTE_ETH_LINK_UP && has_carrier(port));
	set_double(env, result, "speedMbps", link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN ? 0 : link.link_speed);
	set_string(env, result, "duplex", link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX ? "full" : "half");
	return result;
}

/**
 * A device that stands on an interface of the kernel is up while that is: net_af_packet calls itself up for ever. Where
 * the interface cannot be asked, as it is in another namespace by now, what DPDK says counts.
 */
static bool has_carrier(uint16_t port)
{
	struct rte_eth_dev_info device;
	struct ifreq request = {0};

	if (rte_eth_dev_info_get(port, &device) != 0 || device.if_index == 0 ||
		if_indextoname(device.if_index, request.ifr_name) == NULL)
		return true;
	int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = any < 0 ? -1 : ioctl(any, SIOCGIFFLAGS, &request);
	if (any >= 0)
		close(any);
	return error != 0 || (request.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

napi_value port_on_link_change(napi_env env, napi_callback_info info)
{
	struct call call;
	napi_value name;
	napi_threadsafe_function made;

	if (!call_begin(&call, env, info, "listen to link changes", 1) || !arg_function(&call, 0, "callback"))
		return NULL;
	napi_create_string_utf8(env, "millrace-link", NAPI_AUTO_LENGTH, &name);
	if (napi_create_threadsafe_function(env, call.values[0], NULL, name, 0, 1, NULL, forget, NULL, deliver, &made) !=
		napi_ok)
		return call_fail(&call, ENOMEM, "could not hold the callback");
	napi_unref_threadsafe_function(env, made);
	pthread_mutex_lock(&lock);
	napi_threadsafe_function old = listener;
	listener = made;
	pthread_mutex_unlock(&lock);
	if (old != NULL)
		napi_release_threadsafe_function(old, napi_tsfn_abort);
	return make_undefined(env);
}

int port_link_watch(uint16_t port)
{
	return rte_eth_dev_callback_register(port, RTE_ETH_EVENT_INTR_LSC, on_event, NULL);
}

void port_link_unwatch(uint16_t port)
{
	rte_eth_dev_callback_unregister(port, RTE_ETH_EVENT_INTR_LSC, on_event, NULL);
}

static int on_event(uint16_t port, enum rte_eth_event_type type, void *context, void *detail)
{
	(void)type;
	(void)context;
	(void)detail;
	pthread_mutex_lock(&lock);
	if (listener != NULL)
		napi_call_threadsafe_function(listener, (void *)(uintptr_t)port, napi_tsfn_nonblocking);
	pthread_mutex_unlock(&lock);
	return 0;
}

static void deliver(napi_env env, napi_value callback, void *context, void *data)
{
	(void)context;
	if (env == NULL || callback == NULL)
		return;
	napi_value port = make_u32(env, (uint32_t)(uintptr_t)data);
	napi_call_function(env, make_undefined(env), callback, 1, &port, NULL);
}

/* Runs when the function is finalised: after its release, or when its environment ends. */
static void forget(napi_env env, void *data, void *context)
{
	(void)env;
	(void)data;
	(void)context;
}
