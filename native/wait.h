/*
 * How a worker without work sleeps: until a packet comes to one of its queues, somebody wakes it, or time is up.
 *
 * Only a queue that has a file descriptor of its own can end a sleep, see wait_watch_port. The others bound it.
 */
#pragma once
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

/** True when a driver tells its queues' descriptors once receive interrupts are configured. */
bool wait_needs_interrupts(const struct rte_eth_dev_info *device);

/** Begins to watch the queues of a port that has just started, as far as its driver has told their descriptors. */
void wait_watch_port(uint16_t port, uint16_t rx_queues);

/** Wakes who sleeps at a port's queues; when it returns, nobody touches their descriptors. */
void wait_forget_port(uint16_t port);

/** Adds and removes the calling thread; returns 0 or a positive errno. */
int wait_thread_add(void);
void wait_thread_remove(void);

/**
 * wait(queuesOffset, count, blindNs, longestNs) → 1 when a packet has come, else 0.
 * Queues are count × {port u16, queue u16}; it sleeps for blindNs at most if one of them cannot be watched. A
 * longestNs of 0 says that the thread is at work and will not sleep soon. It never throws.
 */
napi_value wait_for_packets(napi_env env, napi_callback_info info);

/** wake(thread) → true when such a worker is registered: its sleep, or the next one, ends at once. */
napi_value wait_wake(napi_env env, napi_callback_info info);
