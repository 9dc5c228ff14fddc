/*
 * Pods' veth pairs share one port of the router: a trunk, on which a VLAN tag tells them apart. Two programs in the
 * kernel put the tag in and take it out, and hand the frame on:
 *
 *   pod eth0 ═ host end ─► [tag in]  ─► trunk ═ port of the router
 *   pod eth0 ═ host end ◄─ [tag out] ◄─ trunk ═ port of the router
 *
 * Nothing has to be remembered: the interface index of a host end is a base plus its VLAN.
 */
#include "steer.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "args.h"

/* Since Linux 6.6, and not in every header. */
#define TCX_INGRESS 46
#define DROP 2 /* TC_ACT_SHOT */
#define TYPE_VLAN_RAW 0x0081 /* 0x8100 in network order */

#define INSTRUCTION(operation, to, from, offset, value) \
	((struct bpf_insn){.code = (operation), .dst_reg = (to), .src_reg = (from), .off = (offset), .imm = (int32_t)(value)})
#define LOAD_FIELD(to, field) \
	INSTRUCTION(BPF_LDX | BPF_W | BPF_MEM, to, BPF_REG_1, offsetof(struct __sk_buff, field), 0)
#define SET(to, value) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value)
#define COPY(to, from) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define ADD(to, value) INSTRUCTION(BPF_ALU | BPF_ADD | BPF_K, to, 0, 0, value)
#define SUBTRACT(to, value) INSTRUCTION(BPF_ALU | BPF_SUB | BPF_K, to, 0, 0, value)
#define MASK(to, value) INSTRUCTION(BPF_ALU | BPF_AND | BPF_K, to, 0, 0, value)
#define CALL(function) INSTRUCTION(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define SKIP_IF_ZERO(what, count) INSTRUCTION(BPF_JMP | BPF_JEQ | BPF_K, what, 0, count, 0)
#define EXIT() INSTRUCTION(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

unsigned int if_nametoindex(const char *name);

static napi_value attach(const struct call *call, const char *device, const struct bpf_insn *program, uint32_t length);
static int load_program(union bpf_attr *load);
static bool is_attached(unsigned int index);
static int bring_up(const char *device);
static int bpf(int command, union bpf_attr *attributes);
static bool index_of(const struct call *call, const char *device, unsigned int *index);

napi_value steer_from_pod(napi_env env, napi_callback_info info)
{
	struct call call;
	char device[IFNAMSIZ];
	char trunk[IFNAMSIZ];
	uint32_t base;
	unsigned int trunk_index;

	if (!call_begin(&call, env, info, "steer frames from a pod to the trunk", 3) ||
		!arg_string(&call, 0, "device", device, sizeof(device)) ||
		!arg_string(&call, 1, "trunk", trunk, sizeof(trunk)) || !arg_u32(&call, 2, "base", INT32_MAX, &base) ||
		!index_of(&call, trunk, &trunk_index))
		return NULL;
	const struct bpf_insn program[] = {
		LOAD_FIELD(BPF_REG_3, ifindex),
		SUBTRACT(BPF_REG_3, base),
		SET(BPF_REG_2, TYPE_VLAN_RAW),
		CALL(BPF_FUNC_skb_vlan_push),
		SKIP_IF_ZERO(BPF_REG_0, 2),
		SET(BPF_REG_0, DROP),
		EXIT(),
		SET(BPF_REG_1, trunk_index),
		SET(BPF_REG_2, 0),
		CALL(BPF_FUNC_redirect),
		EXIT(),
	};
	return attach(&call, device, program, sizeof(program) / sizeof(program[0]));
}

napi_value steer_to_pods(napi_env env, napi_callback_info info)
{
	struct call call;
	char trunk[IFNAMSIZ];
	uint32_t base;

	if (!call_begin(&call, env, info, "steer frames from the trunk to pods", 2) ||
		!arg_string(&call, 0, "trunk", trunk, sizeof(trunk)) || !arg_u32(&call, 1, "base", INT32_MAX, &base))
		return NULL;
	const struct bpf_insn program[] = {
		LOAD_FIELD(BPF_REG_7, vlan_tci),
		MASK(BPF_REG_7, 0xfff),
		ADD(BPF_REG_7, base),
		CALL(BPF_FUNC_skb_vlan_pop),
		SKIP_IF_ZERO(BPF_REG_0, 2),
		SET(BPF_REG_0, DROP),
		EXIT(),
		COPY(BPF_REG_1, BPF_REG_7),
		SET(BPF_REG_2, 0),
		CALL(BPF_FUNC_redirect),
		EXIT(),
	};
	return attach(&call, trunk, program, sizeof(program) / sizeof(program[0]));
}

/* The program stays as long as the device does, whatever becomes of us. */
static napi_value attach(const struct call *call, const char *device, const struct bpf_insn *program, uint32_t length)
{
	unsigned int index;

	if (!index_of(call, device, &index))
		return NULL;
	if (!is_attached(index)) {
		union bpf_attr load = {
			.prog_type = BPF_PROG_TYPE_SCHED_CLS,
			.insns = (uintptr_t)program,
			.insn_cnt = length,
			.license = (uintptr_t)"Dual BSD/GPL",
		};
		int fd = load_program(&load);
		if (fd < 0)
			return call_fail(call, errno, "the kernel refused the program for %s (CAP_BPF and CAP_NET_ADMIN are needed)", device);
		union bpf_attr place = {.target_fd = index, .attach_bpf_fd = (uint32_t)fd, .attach_type = TCX_INGRESS};
		int refused = bpf(BPF_PROG_ATTACH, &place);
		int error = errno;
		close(fd);
		if (refused != 0)
			return call_fail(call, error, "the kernel took no program at %s (Linux 6.6 or later is needed)", device);
	}
	if (bring_up(device) != 0)
		return call_fail(call, errno, "could not bring %s up", device);
	return make_undefined(call->env);
}

/* The verifier gives up with EAGAIN when a signal comes meanwhile, and Node.js gets one for each process that ends. */
static int load_program(union bpf_attr *load)
{
	int fd = -1;
	for (int tries = 0; fd < 0 && (tries == 0 || errno == EAGAIN) && tries < 1000; tries++)
		fd = bpf(BPF_PROG_LOAD, load);
	return fd;
}

static bool is_attached(unsigned int index)
{
	union bpf_attr query = {.query = {.target_fd = index, .attach_type = TCX_INGRESS}};
	return bpf(BPF_PROG_QUERY, &query) == 0 && query.query.prog_cnt > 0;
}

static int bring_up(const char *device)
{
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	int result = ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	if (result == 0)
		result = ioctl(fd, SIOCSIFFLAGS, &request);
	int error = errno;
	close(fd);
	errno = error;
	return result;
}

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static bool index_of(const struct call *call, const char *device, unsigned int *index)
{
	*index = if_nametoindex(device);
	if (*index == 0)
		call_fail(call, ENODEV, "expected a network device, there is none with the name %s", device);
	return *index != 0;
}
