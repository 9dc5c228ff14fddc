#include "port.h"

#include <errno.h>

#include <rte_ethdev.h>

#include "burst.h"
#include "memory.h"
#include "offloads.h"
#include "queue-socket.h"
#include "wait.h"

#define RSS_FIELDS (RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP)
/* Ethernet header, two VLAN tags, frame check sequence. */
#define FRAME_OVERHEAD (14 + 2 * 4 + 4)
/* Offloads that change the packet's headers or need its fields set up, which is what tx_prepare does. */
#define PREPARED_OFFLOADS (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM | \
	RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO)

#define DEFAULT_QUEUE_SIZE 1024
#define DEFAULT_MTU ((uint16_t)1500)

struct port_config {
	uint32_t rx_queues;
	uint32_t tx_queues;
	uint32_t rx_size;
	uint32_t tx_size;
	uint32_t mtu;
	uint32_t rx_offloads;
	uint32_t tx_offloads;
	bool rss;
	bool link_interrupt;
};

static bool read_config(const struct call *call, struct port_config *config);
static bool within_limits(const struct call *call, uint16_t port, const struct port_config *config,
	const struct rte_eth_dev_info *device);
static uint16_t size_or_default(uint32_t wanted, uint16_t of_driver);
static void plan(const struct port_config *config, const struct rte_eth_dev_info *device, struct rte_eth_conf *conf);
static int set_up_queues(uint16_t port, const struct port_config *config, const struct rte_eth_dev_info *device,
	const struct rte_eth_conf *conf, uint16_t rx_size, uint16_t tx_size);
static int set_up_rx_queue(uint16_t port, uint16_t queue, uint16_t size, const struct rte_eth_dev_info *device,
	const struct rte_eth_rxconf *conf);
static napi_value describe(napi_env env, const struct port_config *config, const struct rte_eth_conf *conf,
	uint16_t rx_size, uint16_t tx_size, uint16_t mtu);

napi_value port_configure(napi_env env, napi_callback_info info)
{
	struct call call;
	struct port_config config;
	struct rte_eth_dev_info device;
	struct rte_eth_conf conf = {0};
	uint16_t port;
	uint16_t mtu = 0;

	if (!call_begin(&call, env, info, "configure a port", 2) || !arg_port(&call, 0, &port) ||
		!read_config(&call, &config))
		return NULL;
	if (packets.pool == NULL)
		return call_fail(&call, ENOENT, "no packet pool was created");
	if (atomic_load(&burst_ports[port].started))
		return call_fail(&call, EBUSY, "port %u runs: stop it first", port);
	int error = rte_eth_dev_info_get(port, &device);
	if (error != 0)
		return call_fail(&call, -error, "port %u does not tell its limits", port);
	if (!within_limits(&call, port, &config, &device))
		return NULL;

	burst_ports[port].rx_queues = 0; /* until all of it has worked */
	plan(&config, &device, &conf);
	error = rte_eth_dev_configure(port, (uint16_t)config.rx_queues, (uint16_t)config.tx_queues, &conf);
	if (error != 0)
		return call_fail(&call, -error, "port %u refused %u receive and %u transmit queues", port,
			config.rx_queues, config.tx_queues);
	uint16_t rx_size = size_or_default(config.rx_size, device.default_rxportconf.ring_size);
	uint16_t tx_size = size_or_default(config.tx_size, device.default_txportconf.ring_size);
	error = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rx_size, &tx_size);
	if (error == 0)
		error = set_up_queues(port, &config, &device, &conf, rx_size, tx_size);
	if (error != 0)
		return call_fail(&call, -error, "port %u refused queues of %u and %u packets", port, rx_size, tx_size);
	if (config.mtu != 0) {
		error = rte_eth_dev_set_mtu(port, (uint16_t)config.mtu);
		if (error != 0 && error != -ENOTSUP)
			return call_fail(&call, -error, "port %u refused an MTU of %u", port, config.mtu);
	}
	rte_eth_dev_get_mtu(port, &mtu);
	error = port_link_watch(port);
	if (error != 0)
		return call_fail(&call, -error, "port %u does not tell link changes", port);
	burst_ports[port].rx_queues = (uint16_t)config.rx_queues;
	burst_ports[port].tx_queues = (uint16_t)config.tx_queues;
	burst_ports[port].prepare = (conf.txmode.offloads & PREPARED_OFFLOADS) != 0;
	return describe(env, &config, &conf, rx_size, tx_size, mtu);
}

/* As in eth_dev_get_overhead_len() and eth_dev_validate_mtu() of DPDK. */
uint32_t port_max_mtu(const struct rte_eth_dev_info *device)
{
	uint32_t overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;
	if (device->max_mtu != UINT16_MAX && device->max_rx_pktlen > device->max_mtu)
		overhead = device->max_rx_pktlen - device->max_mtu;
	return RTE_MIN((uint32_t)device->max_mtu, device->max_rx_pktlen - overhead);
}

static bool read_config(const struct call *call, struct port_config *config)
{
	return arg_object(call, 1, "the configuration") &&
		member_u32(call, 1, "rxQueues", RTE_MAX_QUEUES_PER_PORT, &config->rx_queues) &&
		member_u32(call, 1, "txQueues", RTE_MAX_QUEUES_PER_PORT, &config->tx_queues) &&
		member_u32(call, 1, "rxSize", UINT16_MAX, &config->rx_size) &&
		member_u32(call, 1, "txSize", UINT16_MAX, &config->tx_size) &&
		member_u32(call, 1, "mtu", UINT16_MAX, &config->mtu) &&
		member_u32(call, 1, "rxOffloads", UINT16_MAX, &config->rx_offloads) &&
		member_u32(call, 1, "txOffloads", UINT16_MAX, &config->tx_offloads) &&
		member_bool(call, 1, "rss", &config->rss) &&
		member_bool(call, 1, "linkInterrupt", &config->link_interrupt);
}

static bool within_limits(const struct call *call, uint16_t port, const struct port_config *config,
	const struct rte_eth_dev_info *device)
{
	uint32_t rx = offloads_to_flags(rx_offloads, RTE_DIM(rx_offloads), device->rx_offload_capa);
	uint32_t tx = offloads_to_flags(tx_offloads, RTE_DIM(tx_offloads), device->tx_offload_capa);

	if (config->rx_queues == 0 || config->rx_queues > device->max_rx_queues)
		call_fail(call, ERANGE, "expected 1 to %u receive queues on port %u, got %u", device->max_rx_queues, port,
			config->rx_queues);
	else if (config->tx_queues == 0 || config->tx_queues > device->max_tx_queues)
		call_fail(call, ERANGE, "expected 1 to %u transmit queues on port %u, got %u", device->max_tx_queues, port,
			config->tx_queues);
	else if (config->mtu != 0 && (config->mtu < device->min_mtu || config->mtu > port_max_mtu(device)))
		call_fail(call, ERANGE, "expected an MTU from %u to %u on port %u, got %u", device->min_mtu,
			port_max_mtu(device), port, config->mtu);
	else if ((config->rx_offloads & ~rx) != 0 || (config->tx_offloads & ~tx) != 0)
		call_fail(call, ENOTSUP, "port %u has receive offloads 0x%x and transmit offloads 0x%x, got 0x%x and 0x%x",
			port, rx, tx, config->rx_offloads, config->tx_offloads);
	else
		return true;
	return false;
}

/* Frames larger than a buffer need chains, so what makes chains possible is added where the port has it. */
static void plan(const struct port_config *config, const struct rte_eth_dev_info *device, struct rte_eth_conf *conf)
{
	uint32_t mtu = config->mtu != 0 ? config->mtu : RTE_MIN(device->max_mtu, DEFAULT_MTU);

	conf->rxmode.mtu = mtu;
	conf->rxmode.offloads = offloads_from_flags(rx_offloads, RTE_DIM(rx_offloads), config->rx_offloads);
	conf->txmode.offloads = offloads_from_flags(tx_offloads, RTE_DIM(tx_offloads), config->tx_offloads);
	conf->intr_conf.lsc = config->link_interrupt && (*device->dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	conf->intr_conf.rxq = wait_needs_interrupts(device);
	if (mtu + FRAME_OVERHEAD + RTE_PKTMBUF_HEADROOM > packets.data_room)
		conf->rxmode.offloads |= device->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	conf->txmode.offloads |= device->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if (config->rss && config->rx_queues > 1) {
		conf->rx_adv_conf.rss_conf.rss_hf = device->flow_type_rss_offloads & RSS_FIELDS;
		if (conf->rx_adv_conf.rss_conf.rss_hf != 0)
			conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	}
}

static uint16_t size_or_default(uint32_t wanted, uint16_t of_driver)
{
	if (wanted != 0)
		return (uint16_t)wanted;
	return of_driver != 0 ? of_driver : DEFAULT_QUEUE_SIZE;
}

static int set_up_queues(uint16_t port, const struct port_config *config, const struct rte_eth_dev_info *device,
	const struct rte_eth_conf *conf, uint16_t rx_size, uint16_t tx_size)
{
	struct rte_eth_rxconf rx = device->default_rxconf;
	struct rte_eth_txconf tx = device->default_txconf;
	unsigned int socket = (unsigned int)rte_eth_dev_socket_id(port);
	int error = 0;

	rx.offloads = conf->rxmode.offloads;
	tx.offloads = conf->txmode.offloads;
	for (uint16_t queue = 0; queue < config->rx_queues && error == 0; queue++)
		error = set_up_rx_queue(port, queue, rx_size, device, &rx);
	for (uint16_t queue = 0; queue < config->tx_queues && error == 0; queue++)
		error = rte_eth_tx_queue_setup(port, queue, tx_size, socket, &tx);
	return error;
}

static int set_up_rx_queue(uint16_t port, uint16_t queue, uint16_t size, const struct rte_eth_dev_info *device,
	const struct rte_eth_rxconf *conf)
{
	unsigned int socket = (unsigned int)rte_eth_dev_socket_id(port);
	struct queue_sockets before;

	if (!queue_sockets_has(device))
		return rte_eth_rx_queue_setup(port, queue, size, socket, conf, packets.pool);
	queue_sockets_find(&before);
	int error = rte_eth_rx_queue_setup(port, queue, size, socket, conf, packets.pool);
	queue_sockets_note(port, queue, &before);
	return error;
}

static napi_value describe(napi_env env, const struct port_config *config, const struct rte_eth_conf *conf,
	uint16_t rx_size, uint16_t tx_size, uint16_t mtu)
{
	napi_value result = NULL;
	napi_create_object(env, &result);
	set_u32(env, result, "rxQueues", config->rx_queues);
	set_u32(env, result, "txQueues", config->tx_queues);
	set_u32(env, result, "rxSize", rx_size);
	set_u32(env, result, "txSize", tx_size);
	set_u32(env, result, "mtu", mtu);
	set_u32(env, result, "rxOffloads",
		offloads_to_flags(rx_offloads, RTE_DIM(rx_offloads), conf->rxmode.offloads));
	set_u32(env, result, "txOffloads",
		offloads_to_flags(tx_offloads, RTE_DIM(tx_offloads), conf->txmode.offloads));
	set_bool(env, result, "rss", conf->rxmode.mq_mode == RTE_ETH_MQ_RX_RSS);
	set_bool(env, result, "linkInterrupt", conf->intr_conf.lsc != 0);
	return result;
}
