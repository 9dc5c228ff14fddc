/*
 * Packet memory: one pool of mbufs in a memzone of its own, mapped a second time into WebAssembly memory.
 *
 *   EAL      start ─────────────────────────── start + length          (pointers, 64 bits)
 *              │ header│mbuf│buffer│ header│mbuf│buffer│ …
 *   WASM     region ────────────────────────── region + length         (offsets, 32 bits)
 *
 *   offset = pointer − delta, delta = start − region
 */
#pragma once
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_memzone.h>

/** What is added to an mbuf's address to find its buffer, by us and by devices: as it lies in the mbuf. */
struct buffer_place {
	uint64_t address;
	uint64_t iova;
};

struct packet_memory {
	struct rte_mempool *pool;
	const struct rte_memzone *zone;
	uintptr_t start;
	size_t length;
	size_t page_size;
	/*
	 * Mbufs start at header + n * stride inside each chunk, n < per_chunk; a chunk is a page or the whole. A stride is
	 * an odd number, whose inverse modulo 2³² this is, times a power of two.
	 */
	size_t chunk;
	uint32_t chunk_mask;
	uint32_t per_chunk;
	uint32_t header;
	uint32_t stride_inverse;
	uint32_t stride_shift;
	uint16_t data_room;
	/* For each chunk where its mbufs' buffers are; a place in the memory is of chunk (place >> chunk_shift). */
	struct buffer_place *buffers;
	uint32_t chunk_shift;
	/* The WebAssembly memory; base is NULL until the pool is mapped. */
	uint8_t *base;
	size_t base_length;
	uint32_t region;
	uintptr_t delta;
	napi_ref view;
	napi_env view_owner;
};

extern struct packet_memory packets;

/** poolCreate({name, count, dataRoom, cacheSize, socket}) → {length, pageSize, mbufSize}; socket -1 is any. */
napi_value pool_create(napi_env env, napi_callback_info info);

/**
 * poolMap(memory, regionOffset, tablesOffset) → {offset, length, delta}; the region starts at the next page boundary.
 * Of what is touched between tablesOffset and the region from now on, the kernel may make huge pages.
 */
napi_value pool_map(napi_env env, napi_callback_info info);

/**
 * poolPlace(memory, from) → the first offset at or after `from` whose address has the same last 32 bits as the pool's own.
 * It may lie behind the memory's end.
 */
napi_value pool_place(napi_env env, napi_callback_info info);

/** poolStats() → {count, available, inUse}. */
napi_value pool_stats(napi_env env, napi_callback_info info);

/** Unmaps and frees the packet memory. */
void memory_release(napi_env env);
