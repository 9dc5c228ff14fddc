/*
 * Pods' veth pairs share one port of the router: a trunk, on which a VLAN tag tells them apart. Two programs in the
 * kernel put the tag in and take it out, and hand the frame on:
 *
 *   pod eth0 ═ host end ─► [tag in]  ─► trunk ═ port of the router
 *   pod eth0 ═ host end ◄─ [tag out] ◄─ trunk ═ port of the router
 *
 * Nothing has to be remembered: the interface index of a host end is a base plus its VLAN, that of the trunk the base
 * itself. What is made here is a file descriptor of a program; a filter of the device, added by netlink, takes it.
 */
#include "steer.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "args.h"

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

static napi_value load(const struct call *call, const struct bpf_insn *program, uint32_t length);

napi_value steer_from_pod(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t base;

	if (!call_begin(&call, env, info, "steer frames from pods to the trunk", 1) ||
		!arg_u32(&call, 0, "base", INT32_MAX, &base))
		return NULL;
	const struct bpf_insn program[] = {
		LOAD_FIELD(BPF_REG_3, ifindex),
		SUBTRACT(BPF_REG_3, base),
		SET(BPF_REG_2, TYPE_VLAN_RAW),
		CALL(BPF_FUNC_skb_vlan_push),
		SKIP_IF_ZERO(BPF_REG_0, 2),
		SET(BPF_REG_0, DROP),
		EXIT(),
		SET(BPF_REG_1, base),
		SET(BPF_REG_2, 0),
		CALL(BPF_FUNC_redirect),
		EXIT(),
	};
	return load(&call, program, sizeof(program) / sizeof(program[0]));
}

napi_value steer_to_pods(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t base;

	if (!call_begin(&call, env, info, "steer frames from the trunk to pods", 1) ||
		!arg_u32(&call, 0, "base", INT32_MAX, &base))
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
	return load(&call, program, sizeof(program) / sizeof(program[0]));
}

/*
 * The program stays as long as a device has it, whatever becomes of us. The verifier gives up with EAGAIN when a signal
 * comes meanwhile, and Node.js gets one for each process that ends.
 */
static napi_value load(const struct call *call, const struct bpf_insn *program, uint32_t length)
{
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)program,
		.insn_cnt = length,
		.license = (uintptr_t)"Dual BSD/GPL",
	};
	int fd = -1;

	for (int tries = 0; fd < 0 && (tries == 0 || errno == EAGAIN) && tries < 1000; tries++)
		fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
	if (fd < 0)
		return call_fail(call, errno, "the kernel refused the program (CAP_BPF and CAP_NET_ADMIN are needed)");
	return make_u32(call->env, (uint32_t)fd);
}
