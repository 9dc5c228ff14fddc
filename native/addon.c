/* Registration of the addon's functions; every instance (main thread, worker threads) gets its own set. */
#include <errno.h>
#include <pthread.h>

#include <node_api.h>

#include "args.h"
#include "burst.h"
#include "datagram.h"
#include "eal.h"
#include "fast-calls.h"
#include "log.h"
#include "memory.h"
#include "netlink.h"
#include "port.h"
#include "steer.h"
#include "thread.h"
#include "tuntap.h"
#include "wait.h"

struct function {
	const char *name;
	napi_callback call;
};

/* Run one at a time: DPDK's control functions are not made for several threads. */
static const struct function starting[] = {
	{"ealInit", eal_init},
	{"ealBegin", eal_begin},
	{"ealCleanup", eal_cleanup},
};

/* Run one at a time, and only while EAL runs. */
static const struct function control[] = {
	{"poolCreate", pool_create},
	{"poolMap", pool_map},
	{"poolPlace", pool_place},
	{"poolStats", pool_stats},
	{"portProbe", port_probe},
	{"portProbeBegin", port_probe_begin},
	{"portFind", port_find},
	{"portList", port_list},
	{"portInfo", port_info},
	{"portConfigure", port_configure},
	{"portStart", port_start},
	{"portStop", port_stop},
	{"portClose", port_close},
	{"portSetMac", port_set_mac},
	{"portAddMac", port_add_mac},
	{"portRemoveMac", port_remove_mac},
	{"portSetMtu", port_set_mtu},
	{"portSetPromiscuous", port_set_promiscuous},
	{"portSetAllmulticast", port_set_allmulticast},
	{"portLink", port_link},
	{"onLinkChange", port_on_link_change},
	{"portStats", port_stats},
	{"portXstats", port_xstats},
	{"portXstatsReset", port_xstats_reset},
	{"workerRegister", worker_register},
	{"workerUnregister", worker_unregister},
	{"setClockAddress", burst_set_clock},
	{"logLevels", log_levels},
	{"logSetLevel", log_set_level},
};

/* Run as they are, on any thread. */
static const struct function direct[] = {
	{"rx", burst_rx},
	{"tx", burst_tx},
	{"alloc", burst_alloc},
	{"free", burst_free},
	{"fastCalls", fast_calls},
	{"burstStats", burst_stats},
	{"cycles", thread_cycles},
	{"cyclesPerSecond", thread_cycles_per_second},
	{"pause", thread_pause},
	{"wait", wait_for_packets},
	{"wake", wait_wake},
	{"threadId", thread_id},
	{"threadPin", thread_pin},
	{"datagramSend", datagram_send},
	{"logTake", log_take},
	{"tapOpen", tap_open},
	{"fdRead", fd_read},
	{"fdWrite", fd_write},
	{"fdClose", fd_close},
	{"pollStart", poll_start},
	{"pollStop", poll_stop},
	{"netlinkExchange", netlink_exchange},
	{"steerFromPod", steer_from_pod},
	{"steerToPods", steer_to_pods},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Recursive: reading a member of an argument can run a getter, which can call again. */
static pthread_mutex_t control_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static napi_value one_at_a_time(napi_env env, napi_callback_info info);
static napi_value while_eal_runs(napi_env env, napi_callback_info info);
static void define(napi_env env, napi_value exports, const struct function *function, napi_callback wrapper);

NAPI_MODULE_INIT()
{
	for (size_t i = 0; i < COUNT(starting); i++)
		define(env, exports, &starting[i], one_at_a_time);
	for (size_t i = 0; i < COUNT(control); i++)
		define(env, exports, &control[i], while_eal_runs);
	for (size_t i = 0; i < COUNT(direct); i++)
		define(env, exports, &direct[i], direct[i].call);
	return exports;
}

static napi_value one_at_a_time(napi_env env, napi_callback_info info)
{
	void *data = NULL;
	napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
	pthread_mutex_lock(&control_lock);
	napi_value result = ((const struct function *)data)->call(env, info);
	pthread_mutex_unlock(&control_lock);
	return result;
}

static napi_value while_eal_runs(napi_env env, napi_callback_info info)
{
	void *data = NULL;
	napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
	const struct function *function = data;
	pthread_mutex_lock(&control_lock);
	napi_value result = NULL;
	if (eal_ready())
		result = function->call(env, info);
	else
		call_fail(&(struct call){.env = env, .doing = function->name}, EPERM, "EAL does not run: call ealInit first");
	pthread_mutex_unlock(&control_lock);
	return result;
}

static void define(napi_env env, napi_value exports, const struct function *function, napi_callback wrapper)
{
	napi_value value;
	if (napi_create_function(env, function->name, NAPI_AUTO_LENGTH, wrapper, (void *)function, &value) == napi_ok)
		napi_set_named_property(env, exports, function->name, value);
}
