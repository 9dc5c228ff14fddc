/*
 * The packet path between WebAssembly and the ports: arrays of u32 offsets of mbufs.
 * WebAssembly imports these functions as they are. They never throw; whatever comes, they return a count.
 */
#pragma once
#include <node_api.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_spinlock.h>

#define MAX_BURST 256

/* Queues beyond these share their locks: they wait for each other now and then, and never send wrongly. */
#define MAX_LOCKED_QUEUES 16

/** What the packet path needs to know about a port; `started` is read first. */
struct burst_port {
	atomic_bool started;
	bool prepare;
	uint16_t rx_queues;
	uint16_t tx_queues;
	/* Workers share transmit queues where a port has fewer than there are workers. */
	rte_spinlock_t sending[MAX_LOCKED_QUEUES];
};

extern struct burst_port burst_ports[RTE_MAX_ETHPORTS];

/** Packets that the packet path could not take as they were, summed over all threads. */
struct burst_counters {
	atomic_ullong foreign_copied;
	atomic_ullong foreign_dropped;
	atomic_ullong tx_refused;
	atomic_ullong tx_unpreparable;
	atomic_ullong free_refused;
};

extern struct burst_counters burst_counters;

/** A thread that calls bursts: `busy` while it is inside one. */
struct burst_thread {
	atomic_bool busy;
	uint64_t *clock;
	struct burst_thread *next;
};

/** The calling thread, or NULL; in the thread's static block, found by one instruction where a library's takes a call. */
extern __thread struct burst_thread *burst_self __attribute__((tls_model("initial-exec")));

/** Adds and removes the calling thread; a thread that is not added gets nothing from any burst. */
int burst_thread_add(void);
void burst_thread_remove(void);

/** Registers with membarrier(2); returns 0 or a positive errno. */
int burst_prepare(void);

/** Returns when no thread is inside a burst that began before the call. */
void burst_wait(void);

/** The four functions of the packet path, as C calls them; arrays are offsets in the WebAssembly memory. */
uint32_t burst_receive(uint32_t port, uint32_t queue, uint32_t offset, uint32_t most);
uint32_t burst_transmit(uint32_t port, uint32_t queue, uint32_t offset, uint32_t count);
uint32_t burst_take(uint32_t offset, uint32_t count);
uint32_t burst_give_back(uint32_t offset, uint32_t count);

/** rx(port, queue, arrayOffset, max) → packets received. */
napi_value burst_rx(napi_env env, napi_callback_info info);

/** tx(port, queue, arrayOffset, count) → packets taken from the front of the array; the rest stay the caller's. */
napi_value burst_tx(napi_env env, napi_callback_info info);

/** alloc(arrayOffset, count) → count, or 0 when the pool has not that many. */
napi_value burst_alloc(napi_env env, napi_callback_info info);

/** free(arrayOffset, count) → packets freed; offsets that are no mbufs are counted and left. */
napi_value burst_free(napi_env env, napi_callback_info info);

/** setClockAddress(offset): where each rx of this thread stores the time stamp counter, as a u64. */
napi_value burst_set_clock(napi_env env, napi_callback_info info);

/** burstStats() → {foreignCopied, foreignDropped, txRefused, txUnpreparable, freeRefused}. */
napi_value burst_stats(napi_env env, napi_callback_info info);
