#include "port.h"

#include <errno.h>
#include <stdlib.h>

#include <rte_ethdev.h>
#include <rte_ether.h>

#include "offloads.h"

static void set_offloads(napi_env env, napi_value object, const char *name, const struct offload *offloads,
	size_t count, uint64_t dpdk);
static void set_mac(napi_env env, napi_value object, const struct rte_ether_addr *mac);

napi_value port_info(napi_env env, napi_callback_info info)
{
	struct call call;
	struct rte_eth_dev_info device;
	struct rte_ether_addr mac = {0};
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	uint16_t port;
	uint16_t mtu = 0;

	if (!call_begin(&call, env, info, "describe a port", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int error = rte_eth_dev_info_get(port, &device);
	if (error != 0)
		return call_fail(&call, -error, "port %u does not tell its limits", port);
	rte_eth_macaddr_get(port, &mac);
	rte_eth_dev_get_name_by_port(port, name);
	rte_eth_dev_get_mtu(port, &mtu);

	napi_value result = NULL;
	napi_create_object(env, &result);
	set_u32(env, result, "port", port);
	set_string(env, result, "device", name);
	set_string(env, result, "driver", device.driver_name != NULL ? device.driver_name : "");
	set_mac(env, result, &mac);
	set_u32(env, result, "mtu", mtu);
	set_u32(env, result, "minMtu", device.min_mtu);
	set_u32(env, result, "maxMtu", port_max_mtu(&device));
	set_u32(env, result, "maxRxQueues", device.max_rx_queues);
	set_u32(env, result, "maxTxQueues", device.max_tx_queues);
	set_u32(env, result, "maxMacs", device.max_mac_addrs);
	set_u32(env, result, "retaSize", device.reta_size);
	set_double(env, result, "numaNode", rte_eth_dev_socket_id(port));
	set_u32(env, result, "ifIndex", device.if_index);
	set_offloads(env, result, "rxOffloads", rx_offloads, RTE_DIM(rx_offloads), device.rx_offload_capa);
	set_offloads(env, result, "txOffloads", tx_offloads, RTE_DIM(tx_offloads), device.tx_offload_capa);
	set_bool(env, result, "rss", device.flow_type_rss_offloads != 0);
	set_bool(env, result, "linkInterrupt", (*device.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0);
	return result;
}

napi_value port_stats(napi_env env, napi_callback_info info)
{
	struct call call;
	struct rte_eth_stats stats;
	uint16_t port;

	if (!call_begin(&call, env, info, "read a port's statistics", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int error = rte_eth_stats_get(port, &stats);
	if (error != 0)
		return call_fail(&call, -error, "port %u has no statistics", port);
	napi_value result = NULL;
	napi_create_object(env, &result);
	set_u64(env, result, "rxPackets", stats.ipackets);
	set_u64(env, result, "txPackets", stats.opackets);
	set_u64(env, result, "rxBytes", stats.ibytes);
	set_u64(env, result, "txBytes", stats.obytes);
	set_u64(env, result, "rxMissed", stats.imissed);
	set_u64(env, result, "rxErrors", stats.ierrors);
	set_u64(env, result, "txErrors", stats.oerrors);
	set_u64(env, result, "rxNoBuffer", stats.rx_nombuf);
	return result;
}

napi_value port_xstats(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;

	if (!call_begin(&call, env, info, "read a port's extended statistics", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int count = rte_eth_xstats_get(port, NULL, 0);
	if (count < 0)
		return call_fail(&call, -count, "port %u has no extended statistics", port);
	struct rte_eth_xstat *values = calloc((size_t)count + 1, sizeof(*values));
	struct rte_eth_xstat_name *names = calloc((size_t)count + 1, sizeof(*names));
	napi_value result = NULL;
	napi_create_object(env, &result);
	/* Another count in between says that the port was reconfigured: then there is nothing to tell. */
	if (values != NULL && names != NULL && rte_eth_xstats_get(port, values, (unsigned int)count) == count &&
		rte_eth_xstats_get_names(port, names, (unsigned int)count) == count)
		for (int i = 0; i < count; i++)
			if (values[i].id < (uint64_t)count)
				set_u64(env, result, names[values[i].id].name, values[i].value);
	free(values);
	free(names);
	return result;
}

napi_value port_xstats_reset(napi_env env, napi_callback_info info)
{
	struct call call;
	uint16_t port;

	if (!call_begin(&call, env, info, "reset a port's statistics", 1) || !arg_port(&call, 0, &port))
		return NULL;
	int error = rte_eth_xstats_reset(port);
	if (error == -ENOTSUP)
		error = rte_eth_stats_reset(port);
	if (error != 0)
		return call_fail(&call, -error, "port %u cannot reset its statistics", port);
	return make_undefined(env);
}

/* {flags, names} */
static void set_offloads(napi_env env, napi_value object, const char *name, const struct offload *offloads,
	size_t count, uint64_t dpdk)
{
	napi_value result = NULL;
	napi_value names = NULL;
	napi_value text = NULL;
	uint32_t length = 0;
	uint32_t flags = offloads_to_flags(offloads, count, dpdk);

	napi_create_object(env, &result);
	napi_create_array(env, &names);
	for (size_t i = 0; i < count; i++) {
		if ((flags & offloads[i].flag) == 0)
			continue;
		napi_create_string_utf8(env, offloads[i].name, NAPI_AUTO_LENGTH, &text);
		napi_set_element(env, names, length++, text);
	}
	set_u32(env, result, "flags", flags);
	napi_set_named_property(env, result, "names", names);
	napi_set_named_property(env, object, name, result);
}

static void set_mac(napi_env env, napi_value object, const struct rte_ether_addr *mac)
{
	char text[RTE_ETHER_ADDR_FMT_SIZE];
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac->addr_bytes[0], mac->addr_bytes[1],
		mac->addr_bytes[2], mac->addr_bytes[3], mac->addr_bytes[4], mac->addr_bytes[5]);
	set_string(env, object, "mac", text);
}
