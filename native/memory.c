#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_memory.h>

#include "args.h"
#include "burst.h"
#include "packet.h"

struct packet_memory packets;

static int map_segment(const struct rte_memseg_list *list, const struct rte_memseg *segment, void *region);
static int map_zone(uint8_t *region);
static void allow_huge_pages(uint8_t *start, uint8_t *end);

napi_value pool_map(napi_env env, napi_callback_info info)
{
	struct call call;
	struct bytes memory;
	uint32_t wanted, tables;

	if (!call_begin(&call, env, info, "map the packet pool", 3) || !arg_bytes(&call, 0, "memory", &memory) ||
		!arg_u32(&call, 1, "regionOffset", UINT32_MAX, &wanted) ||
		!arg_u32(&call, 2, "tablesOffset", wanted, &tables))
		return NULL;
	if (packets.pool == NULL)
		return call_fail(&call, ENOENT, "no packet pool was created");
	if (packets.base != NULL)
		return call_fail(&call, EBUSY, "the packet pool is mapped already");
	uint8_t *region = RTE_PTR_ALIGN_CEIL(memory.data + wanted, packets.page_size);
	size_t offset = (size_t)(region - memory.data);
	if ((uintptr_t)memory.data % (size_t)sysconf(_SC_PAGESIZE) != 0)
		return call_fail(&call, EINVAL, "expected a view of a whole WebAssembly.Memory, which starts on a page");
	if (offset >= memory.length || memory.length - offset < packets.length || memory.length > 1ull << 32)
		return call_fail(&call, ENOSPC, "expected %zu bytes from offset %zu (aligned to %zu) in a memory of %zu bytes",
			packets.length, offset, packets.page_size, memory.length);
	if (napi_create_reference(env, call.values[0], 1, &packets.view) != napi_ok)
		return call_fail(&call, ENOMEM, "could not hold the memory");
	packets.view_owner = env;
	packets.base_length = memory.length;
	packets.region = (uint32_t)offset;
	packets.delta = packets.start - offset;
	int error = map_zone(region);
	if (error != 0) {
		napi_delete_reference(env, packets.view);
		return call_fail(&call, error, "mmap of the pool's memory at offset %zu failed", offset);
	}
	packets.base = memory.data;
	allow_huge_pages(memory.data + tables, region);

	napi_value result = NULL;
	napi_create_object(env, &result);
	set_double(env, result, "offset", (double)offset);
	set_double(env, result, "length", (double)packets.length);
	set_u64(env, result, "delta", packets.delta);
	return result;
}

napi_value pool_place(napi_env env, napi_callback_info info)
{
	struct call call;
	struct bytes memory;
	uint32_t from;
	napi_value result = NULL;

	if (!call_begin(&call, env, info, "find a place for the packet pool", 2) || !arg_bytes(&call, 0, "memory", &memory) ||
		!arg_u32(&call, 1, "from", UINT32_MAX, &from))
		return NULL;
	if (packets.pool == NULL)
		return call_fail(&call, ENOENT, "no packet pool was created");
	uint32_t further = (uint32_t)(packets.start - (uintptr_t)memory.data - from);
	napi_create_double(env, (double)from + further, &result);
	return result;
}

napi_value pool_stats(napi_env env, napi_callback_info info)
{
	struct call call;
	if (!call_begin(&call, env, info, "read the packet pool", 0))
		return NULL;
	if (packets.pool == NULL)
		return call_fail(&call, ENOENT, "no packet pool was created");
	napi_value result = NULL;
	uint32_t available = rte_mempool_avail_count(packets.pool);
	napi_create_object(env, &result);
	set_u32(env, result, "count", packets.pool->size);
	set_u32(env, result, "available", available);
	set_u32(env, result, "inUse", packets.pool->size - available);
	return result;
}

void memory_release(napi_env env)
{
	uint8_t *base = packets.base;
	if (base != NULL) {
		packets.base = NULL;
		burst_wait();
		mmap(base + packets.region, packets.length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
		if (packets.view_owner == env)
			napi_delete_reference(env, packets.view);
	}
	rte_mempool_free(packets.pool);
	rte_memzone_free(packets.zone);
	free(packets.buffers);
	packets = (struct packet_memory){0};
}

static int map_zone(uint8_t *region)
{
	return -rte_memseg_walk(map_segment, region);
}

static int map_segment(const struct rte_memseg_list *list, const struct rte_memseg *segment, void *region)
{
	(void)list;
	if (!packet_inside(segment->addr))
		return 0;
	size_t offset = 0;
	int fd = rte_memseg_get_fd_thread_unsafe(segment);
	if (fd < 0 || rte_memseg_get_fd_offset_thread_unsafe(segment, &offset) != 0)
		return -rte_errno;
	void *address = (uint8_t *)region + ((uintptr_t)segment->addr - packets.start);
	void *mapped = mmap(address, segment->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, (off_t)offset);
	return mapped == MAP_FAILED ? -errno : 0;
}

/** Without huge pages all works, but slower: a kernel that has none to give is no error. */
static void allow_huge_pages(uint8_t *start, uint8_t *end)
{
	uint8_t *first = RTE_PTR_ALIGN_CEIL(start, (size_t)sysconf(_SC_PAGESIZE));
	if (first < end)
		madvise(first, (size_t)(end - first), MADV_HUGEPAGE);
}
