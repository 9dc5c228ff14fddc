#include "port.h"

#include <errno.h>

#include <rte_ethdev.h>
#include <rte_ether.h>

typedef int (*mac_call)(uint16_t port, struct rte_ether_addr *mac);
typedef int (*switch_call)(uint16_t port);

static napi_value with_mac(napi_env env, napi_callback_info info, const char *doing, mac_call apply);
static napi_value with_switch(napi_env env, napi_callback_info info, const char *doing, switch_call on,
	switch_call off);
static int add_mac(uint16_t port, struct rte_ether_addr *mac);

napi_value port_set_mac(napi_env env, napi_callback_info info)
{
	return with_mac(env, info, "set a port's MAC address", rte_eth_dev_default_mac_addr_set);
}

napi_value port_add_mac(napi_env env, napi_callback_info info)
{
	return with_mac(env, info, "add a MAC address to a port", add_mac);
}

napi_value port_remove_mac(napi_env env, napi_callback_info info)
{
	return with_mac(env, info, "remove a MAC address from a port", rte_eth_dev_mac_addr_remove);
}

napi_value port_set_mtu(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;
	uint32_t mtu;

	if (!call_begin(&call, env, info, "set a port's MTU", 2) || !arg_port(&call, 0, &port) ||
		!arg_u32(&call, 1, "mtu", UINT16_MAX, &mtu))
		return NULL;
	int error = rte_eth_dev_set_mtu(port, (uint16_t)mtu);
	if (error != 0)
		return call_fail(&call, -error, "port %u refused an MTU of %u", port, mtu);
	return make_undefined(env);
}

napi_value port_set_promiscuous(napi_env env, napi_callback_info info)
{
	return with_switch(env, info, "set promiscuous mode", rte_eth_promiscuous_enable, rte_eth_promiscuous_disable);
}

napi_value port_set_allmulticast(napi_env env, napi_callback_info info)
{
	return with_switch(env, info, "set reception of all multicast", rte_eth_allmulticast_enable,
		rte_eth_allmulticast_disable);
}

static napi_value with_mac(napi_env env, napi_callback_info info, const char *doing, mac_call apply)
{
	struct call call;
	struct bytes bytes;
	struct rte_ether_addr mac;
	uint16_t port;

	if (!call_begin(&call, env, info, doing, 2) || !arg_port(&call, 0, &port) ||
		!arg_bytes(&call, 1, "mac", &bytes))
		return NULL;
	if (bytes.length != RTE_ETHER_ADDR_LEN)
		return call_fail(&call, EINVAL, "expected 6 bytes, got %zu", bytes.length);
	for (size_t i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		mac.addr_bytes[i] = bytes.data[i];
	int error = apply(port, &mac);
	if (error != 0)
		return call_fail(&call, -error, "port %u refused " RTE_ETHER_ADDR_PRT_FMT, port, RTE_ETHER_ADDR_BYTES(&mac));
	return make_undefined(env);
}

static napi_value with_switch(napi_env env, napi_callback_info info, const char *doing, switch_call on,
	switch_call off)
{
	struct call call;
	uint16_t port;
	bool enable;

	if (!call_begin(&call, env, info, doing, 2) || !arg_port(&call, 0, &port) ||
		!arg_bool(&call, 1, "on", &enable))
		return NULL;
	int error = enable ? on(port) : off(port);
	if (error != 0)
		return call_fail(&call, -error, "port %u refused to switch it %s", port, enable ? "on" : "off");
	return make_undefined(env);
}

static int add_mac(uint16_t port, struct rte_ether_addr *mac)
{
	return rte_eth_dev_mac_addr_add(port, mac, 0);
}
