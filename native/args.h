/* Arguments from JavaScript: every helper checks before it converts and throws an Error with a `code`. */
#pragma once
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ARGUMENTS 6

/** A JavaScript function's arguments, with the words to say what was being done when one is wrong. */
struct call {
	napi_env env;
	const char *doing;
	size_t count;
	napi_value values[MAX_ARGUMENTS];
};

/** The bytes of a Uint8Array, which stay owned by JavaScript. */
struct bytes {
	uint8_t *data;
	size_t length;
};

/** Reads the arguments of a call; throws and returns false when fewer than `expected` were given. */
bool call_begin(struct call *call, napi_env env, napi_callback_info info, const char *doing, size_t expected);

/** Throws an Error whose code is the symbol of `error` (a positive errno) and returns NULL. */
napi_value call_fail(const struct call *call, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool arg_u32(const struct call *call, size_t index, const char *name, uint32_t max, uint32_t *out);
bool arg_bool(const struct call *call, size_t index, const char *name, bool *out);
bool arg_string(const struct call *call, size_t index, const char *name, char *out, size_t size);
bool arg_bytes(const struct call *call, size_t index, const char *name, struct bytes *out);
bool arg_function(const struct call *call, size_t index, const char *name);
bool arg_object(const struct call *call, size_t index, const char *name);

/** Reads a member of the object at `index`. */
bool member_u32(const struct call *call, size_t index, const char *name, uint32_t max, uint32_t *out);
bool member_bool(const struct call *call, size_t index, const char *name, bool *out);
bool member_string(const struct call *call, size_t index, const char *name, char *out, size_t size);

/** Sets members of a result object. */
void set_u32(napi_env env, napi_value object, const char *name, uint32_t value);
void set_double(napi_env env, napi_value object, const char *name, double value);
void set_u64(napi_env env, napi_value object, const char *name, uint64_t value);
void set_bool(napi_env env, napi_value object, const char *name, bool value);
void set_string(napi_env env, napi_value object, const char *name, const char *value);

napi_value make_u32(napi_env env, uint32_t value);
napi_value make_undefined(napi_env env);
