/*
 * The sockets of AF_XDP that net_af_xdp opens for its receive queues and keeps to itself.
 *
 * They are found by what a process has: whoever sets a queue up looks before and after. Only the main thread sets queues
 * up, so nothing else comes in between.
 */
#pragma once
#include <rte_ethdev.h>

#define QUEUE_SOCKETS_MOST 512

struct queue_sockets {
	unsigned int count;
	int fds[QUEUE_SOCKETS_MOST];
};

/** True when the driver of a device opens such a socket for each receive queue. */
bool queue_sockets_has(const struct rte_eth_dev_info *device);

/** Finds all that this process has. */
void queue_sockets_find(struct queue_sockets *found);

/** Notes the one that has come since as that of a queue. */
void queue_sockets_note(uint16_t port, uint16_t queue, const struct queue_sockets *before);

/** Returns that of a queue; -1 where none was found. */
int queue_sockets_of(uint16_t port, uint16_t queue);
