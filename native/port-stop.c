#include "port.h"

#include <string.h>

#include "burst.h"
#include "wait.h"

#define MAX_DRAINED 4096

/* A thread in which a device is being stopped. */
struct stopping {
	pthread_t thread;
	bool begun;
};

static struct stopping stopping[RTE_MAX_ETHPORTS];

static void drain(uint16_t port);
static bool waits_for_kernel(uint16_t port);
static void *run(void *port);

void port_stop_begin(uint16_t port)
{
	if (!atomic_load(&burst_ports[port].started))
		return;
	atomic_store(&burst_ports[port].started, false);
	burst_wait();
	wait_forget_port(port);
	drain(port);
	stopping[port].begun = waits_for_kernel(port) &&
		pthread_create(&stopping[port].thread, NULL, run, (void *)(uintptr_t)port) == 0;
	if (!stopping[port].begun)
		rte_eth_dev_stop(port);
}

void port_stop_finish(uint16_t port)
{
	if (stopping[port].begun)
		pthread_join(stopping[port].thread, NULL);
	stopping[port].begun = false;
}

/* Drivers made of software rings forget what waits in them. A driver that makes packets up has no end of them. */
static void drain(uint16_t port)
{
	struct rte_mbuf *mbufs[MAX_BURST];

	for (uint16_t queue = 0; queue < burst_ports[port].rx_queues; queue++) {
		uint16_t count = 1;
		for (unsigned int total = 0; count != 0 && total < MAX_DRAINED; total += count) {
			count = rte_eth_rx_burst(port, queue, mbufs, MAX_BURST);
			rte_pktmbuf_free_bulk(mbufs, count);
		}
	}
}

/* Whoever closes a packet socket waits for a grace period of the kernel, some 40 ms: several ports can do so at once. */
static bool waits_for_kernel(uint16_t port)
{
	struct rte_eth_dev_info device;

	return rte_eth_dev_info_get(port, &device) == 0 && device.driver_name != NULL &&
		strcmp(device.driver_name, "net_af_packet") == 0;
}

static void *run(void *port)
{
	rte_eth_dev_stop((uint16_t)(uintptr_t)port);
	return NULL;
}
