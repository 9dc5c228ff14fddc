#include "fast-calls.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "args.h"
#include "burst.h"

/*
 * V8's headers for this are not among those that come with Node.js, so what they say is said here: how a C function's
 * types are described (v8-fast-api-calls.h), and four functions of V8, which are looked up by their names. This holds
 * for the versions of KNOWN; with others, and where a name is not found, there are no fast calls. Local<T>, which V8's
 * functions take and return, is one pointer, and napi_value the same pointer.
 */
#define KNOWN "13.6."

enum type { TYPE_U32 = 4, TYPE_VALUE = 10 };

struct type_info {
	uint8_t type;
	uint8_t sequence;
	uint8_t flags;
};

struct function_info {
	struct type_info returns;
	uint8_t big_integers;
	uint32_t count;
	const struct type_info *arguments;
};

struct fast_function {
	const void *address;
	const struct function_info *info;
};

typedef void slow_function(const void *info);

struct v8 {
	const char *(*version)(void);
	void *(*isolate)(void);
	void *(*context)(void *isolate);
	void *(*template_new)(void *isolate, slow_function *slow, void *data, void *signature, int length,
		int constructor_behavior, int side_effect, const struct fast_function *fast, uint16_t type,
		uint16_t receivers_from, uint16_t receivers_to);
	void *(*template_function)(void *template, void *context);
};

static bool find_v8(struct v8 *v8);
static napi_value make(const struct v8 *v8, const struct fast_function *fast);
static void slow(const void *info);
static uint32_t plus_one(void *receiver, uint32_t number);
static uint32_t rx(void *receiver, uint32_t port, uint32_t queue, uint32_t array, uint32_t most);
static uint32_t tx(void *receiver, uint32_t port, uint32_t queue, uint32_t array, uint32_t count);
static uint32_t alloc(void *receiver, uint32_t array, uint32_t count);
static void give_back(void *receiver, uint32_t array, uint32_t count);

/* The first argument is JavaScript's "this". */
static const struct type_info types[] = {{TYPE_VALUE, 0, 0}, {TYPE_U32, 0, 0}, {TYPE_U32, 0, 0}, {TYPE_U32, 0, 0}, {TYPE_U32, 0, 0}};
static const struct function_info of_one = {{TYPE_U32, 0, 0}, 0, 2, types};
static const struct function_info of_two = {{TYPE_U32, 0, 0}, 0, 3, types};
static const struct function_info of_two_for_nothing = {{0, 0, 0}, 0, 3, types};
static const struct function_info of_four = {{TYPE_U32, 0, 0}, 0, 5, types};

static const struct {
	const char *name;
	struct fast_function fast;
} functions[] = {
	{"rx", {rx, &of_four}},
	{"tx", {tx, &of_four}},
	{"alloc", {alloc, &of_two}},
	{"free", {give_back, &of_two_for_nothing}},
	{"plusOne", {plus_one, &of_one}},
};

napi_value fast_calls(napi_env env, napi_callback_info info)
{
	(void)info;
	struct v8 v8;
	napi_value result = NULL;

	if (!find_v8(&v8) || napi_create_object(env, &result) != napi_ok)
		return make_undefined(env);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		napi_value function = make(&v8, &functions[i].fast);
		if (function == NULL || napi_set_named_property(env, result, functions[i].name, function) != napi_ok)
			return make_undefined(env);
	}
	return result;
}

static bool find_v8(struct v8 *v8)
{
	*(void **)&v8->version = dlsym(RTLD_DEFAULT, "_ZN2v82V810GetVersionEv");
	*(void **)&v8->isolate = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate10GetCurrentEv");
	*(void **)&v8->context = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate17GetCurrentContextEv");
	*(void **)&v8->template_new = dlsym(RTLD_DEFAULT,
		"_ZN2v816FunctionTemplate3NewEPNS_7IsolateEPFvRKNS_20FunctionCallbackInfoINS_5ValueEEEENS_5LocalIS4_EE"
		"NSA_INS_9SignatureEEEiNS_19ConstructorBehaviorENS_14SideEffectTypeEPKNS_9CFunctionEttt");
	*(void **)&v8->template_function = dlsym(RTLD_DEFAULT,
		"_ZN2v816FunctionTemplate11GetFunctionENS_5LocalINS_7ContextEEE");
	return v8->version != NULL && v8->isolate != NULL && v8->context != NULL && v8->template_new != NULL &&
		v8->template_function != NULL && strncmp(v8->version(), KNOWN, strlen(KNOWN)) == 0;
}

static napi_value make(const struct v8 *v8, const struct fast_function *fast)
{
	void *isolate = v8->isolate();
	void *template = v8->template_new(isolate, slow, NULL, NULL, 0, 0, 0, fast, 0, 0, 0);
	return template == NULL ? NULL : v8->template_function(template, v8->context(isolate));
}

/* Who calls from JavaScript, or from a module that V8 has not joined to the fast function, gets "undefined". */
static void slow(const void *info)
{
	(void)info;
}

/* By this one the caller finds out whether WebAssembly gets to the fast functions. */
static uint32_t plus_one(void *receiver, uint32_t number)
{
	(void)receiver;
	return number + 1;
}

static uint32_t rx(void *receiver, uint32_t port, uint32_t queue, uint32_t array, uint32_t most)
{
	(void)receiver;
	return burst_receive(port, queue, array, most);
}

static uint32_t tx(void *receiver, uint32_t port, uint32_t queue, uint32_t array, uint32_t count)
{
	(void)receiver;
	return burst_transmit(port, queue, array, count);
}

static uint32_t alloc(void *receiver, uint32_t array, uint32_t count)
{
	(void)receiver;
	return burst_take(array, count);
}

static void give_back(void *receiver, uint32_t array, uint32_t count)
{
	(void)receiver;
	burst_give_back(array, count);
}
