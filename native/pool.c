#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf_dyn.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_memory.h>

#include "args.h"

#define PACKET_FIELD_OFFSET 92
#define PACKET_FIELD_SIZE 28
#define TIMESTAMP_OFFSET 120
#define MAX_MBUFS (1u << 20)

#define MAX_PAGE_SIZES 4
#define MAX_LENGTH (1ull << 31)

/** The page sizes that EAL holds, smallest first. */
struct page_sizes {
	size_t count;
	size_t sizes[MAX_PAGE_SIZES];
};

struct pool_config {
	char name[RTE_MEMPOOL_NAMESIZE - 8];
	uint32_t count;
	uint32_t data_room;
	uint32_t cache_size;
	uint32_t socket;
};

static bool read_config(const struct call *call, struct pool_config *config);
static bool reserve_packet_field(void);
static struct rte_mempool *create_pool(const struct pool_config *config, bool contiguous);
static int reserve_zone(const struct pool_config *config, const struct rte_mempool *pool, struct page_sizes pages);
static unsigned int zone_flags(size_t page_size);
static int populate(struct rte_mempool *pool);
static void note_layout(void);
static uint32_t inverse(uint32_t odd);
static int note_page_size(const struct rte_memseg_list *list, void *context);

napi_value pool_create(napi_env env, napi_callback_info info)
{
	struct call call;
	struct pool_config config;

	if (!call_begin(&call, env, info, "create the packet pool", 1) || !read_config(&call, &config))
		return NULL;
	if (packets.pool != NULL)
		return call_fail(&call, EBUSY, "the process has a packet pool already");
	if (!reserve_packet_field())
		return call_fail(&call, rte_errno, "expected bytes %d to %d of the mbuf to be free",
			PACKET_FIELD_OFFSET, (int)sizeof(struct rte_mbuf) - 1);

	struct page_sizes pages = {0};
	rte_memseg_list_walk(note_page_size, &pages);
	if (pages.count == 0)
		return call_fail(&call, ENOMEM, "EAL holds no memory");
	/*
	 * With physical addresses only a page is known to be contiguous: no mbuf may cross one, and DPDK plans for
	 * the smallest.
	 */
	bool contiguous = rte_eal_iova_mode() == RTE_IOVA_VA;
	packets.chunk = contiguous ? 0 : pages.sizes[0];
	struct rte_mempool *pool = create_pool(&config, contiguous);
	if (pool == NULL)
		return call_fail(&call, rte_errno, "no memory for the pool's own bookkeeping");
	int error = reserve_zone(&config, pool, pages);
	if (error == 0)
		error = populate(pool);
	if (error != 0) {
		rte_mempool_free(pool);
		rte_memzone_free(packets.zone);
		free(packets.buffers);
		packets = (struct packet_memory){0};
		return call_fail(&call, error, "expected memory for %u mbufs of %u bytes on socket %d", config.count,
			config.data_room, (int)config.socket - 1);
	}
	packets.pool = pool;
	packets.data_room = (uint16_t)config.data_room;
	note_layout();

	napi_value result = NULL;
	napi_create_object(env, &result);
	set_double(env, result, "length", (double)packets.length);
	set_double(env, result, "pageSize", (double)packets.page_size);
	set_u32(env, result, "mbufSize", pool->header_size + pool->elt_size + pool->trailer_size);
	set_u32(env, result, "count", pool->size);
	return result;
}

static bool read_config(const struct call *call, struct pool_config *config)
{
	/* The socket comes plus one, so that 0 says any. */
	return arg_object(call, 0, "the pool") && member_string(call, 0, "name", config->name, sizeof(config->name)) &&
		member_u32(call, 0, "count", MAX_MBUFS, &config->count) &&
		member_u32(call, 0, "dataRoom", UINT16_MAX - RTE_PKTMBUF_HEADROOM, &config->data_room) &&
		member_u32(call, 0, "cacheSize", RTE_MEMPOOL_CACHE_MAX_SIZE, &config->cache_size) &&
		member_u32(call, 0, "socketPlusOne", RTE_MAX_NUMA_NODES, &config->socket);
}

/*
 * The datapath keeps its own notes about a packet in bytes 92 to 127, all that DPDK leaves to dynamic fields.
 * Some drivers (net_pcap) do not start without a field for the time of receipt. They write it before the
 * datapath sees the packet and never read it, so it may lie under the last 8 of these bytes.
 */
static bool reserve_packet_field(void)
{
	static const struct rte_mbuf_dynfield timestamp = {.name = RTE_MBUF_DYNFIELD_TIMESTAMP_NAME,
		.size = sizeof(rte_mbuf_timestamp_t), .align = __alignof__(rte_mbuf_timestamp_t)};
	static const struct rte_mbuf_dynfield field = {
		.name = "millrace_packet", .size = PACKET_FIELD_SIZE, .align = 4};
	return rte_mbuf_dynfield_register_offset(&timestamp, TIMESTAMP_OFFSET) == TIMESTAMP_OFFSET &&
		rte_mbuf_dynfield_register_offset(&field, PACKET_FIELD_OFFSET) == PACKET_FIELD_OFFSET;
}

static struct rte_mempool *create_pool(const struct pool_config *config, bool contiguous)
{
	struct rte_pktmbuf_pool_private private = {
		.mbuf_data_room_size = (uint16_t)config->data_room, .mbuf_priv_size = 0};
	struct rte_mempool *pool = rte_mempool_create_empty(config->name, config->count,
		(unsigned int)sizeof(struct rte_mbuf) + config->data_room, config->cache_size, sizeof(private),
		(int)config->socket - 1, contiguous ? RTE_MEMPOOL_F_NO_IOVA_CONTIG : 0);
	if (pool == NULL)
		return NULL;
	int error = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL);
	if (error != 0) {
		rte_mempool_free(pool);
		rte_errno = -error;
		return NULL;
	}
	rte_pktmbuf_pool_init(pool, &private);
	return pool;
}

/* A memzone that starts and ends on a page holds nothing but packets: EAL's bookkeeping is never mapped with it. */
static int reserve_zone(const struct pool_config *config, const struct rte_mempool *pool, struct page_sizes pages)
{
	size_t object = pool->header_size + pool->elt_size + pool->trailer_size;
	size_t needed = (size_t)config->count * object;

	if (packets.chunk != 0) {
		if (object > packets.chunk)
			return EMSGSIZE;
		size_t in_chunk = packets.chunk / object;
		needed = (config->count + in_chunk - 1) / in_chunk * packets.chunk;
	}
	for (size_t i = 0; i < pages.count && packets.zone == NULL; i++) {
		packets.page_size = pages.sizes[i];
		packets.length = RTE_ALIGN_CEIL(needed, packets.page_size);
		if (packets.length > MAX_LENGTH)
			return E2BIG;
		packets.zone = rte_memzone_reserve_aligned(config->name, packets.length, (int)config->socket - 1,
			zone_flags(packets.page_size), (unsigned int)packets.page_size);
	}
	if (packets.zone == NULL)
		return rte_errno;
	packets.start = (uintptr_t)packets.zone->addr;
	if (packets.chunk == 0)
		packets.chunk = packets.length;
	return 0;
}

static unsigned int zone_flags(size_t page_size)
{
	switch (page_size) {
	case RTE_PGSIZE_2M: return RTE_MEMZONE_2MB;
	case RTE_PGSIZE_16M: return RTE_MEMZONE_16MB;
	case RTE_PGSIZE_512M: return RTE_MEMZONE_512MB;
	case RTE_PGSIZE_1G: return RTE_MEMZONE_1GB;
	default: return 0;
	}
}

static int populate(struct rte_mempool *pool)
{
	int added = 0;

	packets.buffers = calloc(packets.length / packets.chunk, sizeof(packets.buffers[0]));
	if (packets.buffers == NULL)
		return ENOMEM;
	for (size_t at = 0; at < packets.length && added >= 0 && pool->populated_size < pool->size; at += packets.chunk) {
		char *address = (char *)packets.start + at;
		rte_iova_t iova = rte_mem_virt2iova(address);
		packets.buffers[at / packets.chunk] = (struct buffer_place){
			.address = sizeof(struct rte_mbuf), .iova = iova - (uintptr_t)address + sizeof(struct rte_mbuf)};
		added = rte_mempool_populate_iova(pool, address, iova, packets.chunk, NULL, NULL);
	}
	if (added < 0)
		return -added;
	if (pool->populated_size < pool->size)
		return ENOMEM;
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return 0;
}

static void note_layout(void)
{
	uint32_t stride = packets.pool->header_size + packets.pool->elt_size + packets.pool->trailer_size;

	packets.chunk_mask = packets.chunk == packets.length ? UINT32_MAX : (uint32_t)(packets.chunk - 1);
	/* One chunk may be of any length: all places are of the first one then. */
	packets.chunk_shift = packets.chunk == packets.length ? 31 : rte_bsf64(packets.chunk);
	packets.per_chunk = (uint32_t)(packets.chunk / stride);
	packets.header = packets.pool->header_size;
	packets.stride_shift = rte_bsf32(stride);
	packets.stride_inverse = inverse(stride >> packets.stride_shift);
}

/* The inverse of an odd number modulo 2³², by Newton's steps: each doubles the bits that are right, three at first. */
static uint32_t inverse(uint32_t odd)
{
	uint32_t found = odd;

	for (int right = 3; right < 32; right *= 2)
		found *= 2 - odd * found;
	return found;
}

static int note_page_size(const struct rte_memseg_list *list, void *context)
{
	struct page_sizes *pages = context;
	size_t at = 0;

	while (at < pages->count && pages->sizes[at] < list->page_sz)
		at++;
	if (list->external || pages->count == MAX_PAGE_SIZES || (at < pages->count && pages->sizes[at] == list->page_sz))
		return 0;
	memmove(&pages->sizes[at + 1], &pages->sizes[at], (pages->count - at) * sizeof(pages->sizes[0]));
	pages->sizes[at] = list->page_sz;
	pages->count++;
	return 0;
}
