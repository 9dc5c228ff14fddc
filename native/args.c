#include "args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>

#define MESSAGE_SIZE 512

static bool read_u32(const struct call *call, napi_value value, const char *name, uint32_t max, uint32_t *out);
static bool read_bool(const struct call *call, napi_value value, const char *name, bool *out);
static bool read_string(const struct call *call, napi_value value, const char *name, char *out, size_t size);
static napi_value member(const struct call *call, size_t index, const char *name);
static const char *type_name(napi_env env, napi_value value);
static const char *error_name(int error);

bool call_begin(struct call *call, napi_env env, napi_callback_info info, const char *doing, size_t expected)
{
	call->env = env;
	call->doing = doing;
	call->count = MAX_ARGUMENTS;
	if (napi_get_cb_info(env, info, &call->count, call->values, NULL, NULL) != napi_ok)
		return false;
	if (call->count >= expected)
		return true;
	call_fail(call, EINVAL, "expected %zu arguments, got %zu", expected, call->count);
	return false;
}

napi_value call_fail(const struct call *call, int error, const char *format, ...)
{
	char detail[MESSAGE_SIZE];
	char message[MESSAGE_SIZE * 2];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s: %s (%s)", call->doing, detail, rte_strerror(error));
	napi_throw_error(call->env, error_name(error), message);
	return NULL;
}

bool arg_u32(const struct call *call, size_t index, const char *name, uint32_t max, uint32_t *out)
{
	return read_u32(call, call->values[index], name, max, out);
}

bool arg_bool(const struct call *call, size_t index, const char *name, bool *out)
{
	return read_bool(call, call->values[index], name, out);
}

bool arg_string(const struct call *call, size_t index, const char *name, char *out, size_t size)
{
	return read_string(call, call->values[index], name, out, size);
}

bool arg_bytes(const struct call *call, size_t index, const char *name, struct bytes *out)
{
	napi_value value = call->values[index];
	napi_typedarray_type type = napi_int8_array;
	bool is_typed_array = false;
	void *data = NULL;

	if (napi_is_typedarray(call->env, value, &is_typed_array) == napi_ok && is_typed_array)
		napi_get_typedarray_info(call->env, value, &type, &out->length, &data, NULL, NULL);
	out->data = data;
	if (is_typed_array && type == napi_uint8_array && data != NULL)
		return true;
	call_fail(call, EINVAL, "expected %s to be a Uint8Array that is not empty", name);
	return false;
}

bool arg_function(const struct call *call, size_t index, const char *name)
{
	napi_valuetype type = napi_undefined;
	napi_typeof(call->env, call->values[index], &type);
	if (type == napi_function)
		return true;
	call_fail(call, EINVAL, "expected %s to be a function, got %s", name, type_name(call->env, call->values[index]));
	return false;
}

bool arg_object(const struct call *call, size_t index, const char *name)
{
	napi_valuetype type = napi_undefined;
	napi_typeof(call->env, call->values[index], &type);
	if (type == napi_object)
		return true;
	call_fail(call, EINVAL, "expected %s to be an object, got %s", name, type_name(call->env, call->values[index]));
	return false;
}

bool member_u32(const struct call *call, size_t index, const char *name, uint32_t max, uint32_t *out)
{
	return read_u32(call, member(call, index, name), name, max, out);
}

bool member_bool(const struct call *call, size_t index, const char *name, bool *out)
{
	return read_bool(call, member(call, index, name), name, out);
}

bool member_string(const struct call *call, size_t index, const char *name, char *out, size_t size)
{
	return read_string(call, member(call, index, name), name, out, size);
}

void set_u32(napi_env env, napi_value object, const char *name, uint32_t value)
{
	napi_set_named_property(env, object, name, make_u32(env, value));
}

void set_double(napi_env env, napi_value object, const char *name, double value)
{
	napi_value result;
	if (napi_create_double(env, value, &result) == napi_ok)
		napi_set_named_property(env, object, name, result);
}

void set_u64(napi_env env, napi_value object, const char *name, uint64_t value)
{
	napi_value result;
	if (napi_create_bigint_uint64(env, value, &result) == napi_ok)
		napi_set_named_property(env, object, name, result);
}

void set_bool(napi_env env, napi_value object, const char *name, bool value)
{
	napi_value result;
	if (napi_get_boolean(env, value, &result) == napi_ok)
		napi_set_named_property(env, object, name, result);
}

void set_string(napi_env env, napi_value object, const char *name, const char *value)
{
	napi_value result;
	if (napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result) == napi_ok)
		napi_set_named_property(env, object, name, result);
}

napi_value make_u32(napi_env env, uint32_t value)
{
	napi_value result = NULL;
	napi_create_uint32(env, value, &result);
	return result;
}

napi_value make_undefined(napi_env env)
{
	napi_value result = NULL;
	napi_get_undefined(env, &result);
	return result;
}

static bool read_u32(const struct call *call, napi_value value, const char *name, uint32_t max, uint32_t *out)
{
	double number = 0;
	if (napi_get_value_double(call->env, value, &number) != napi_ok) {
		call_fail(call, EINVAL, "expected %s to be a number, got %s", name, type_name(call->env, value));
		return false;
	}
	if (!(number >= 0 && number <= max) || number != (uint32_t)number) {
		call_fail(call, EINVAL, "expected %s to be a whole number from 0 to %u, got %g", name, max, number);
		return false;
	}
	*out = (uint32_t)number;
	return true;
}

static bool read_bool(const struct call *call, napi_value value, const char *name, bool *out)
{
	if (napi_get_value_bool(call->env, value, out) == napi_ok)
		return true;
	call_fail(call, EINVAL, "expected %s to be true or false, got %s", name, type_name(call->env, value));
	return false;
}

static bool read_string(const struct call *call, napi_value value, const char *name, char *out, size_t size)
{
	size_t length = 0;
	if (napi_get_value_string_utf8(call->env, value, NULL, 0, &length) != napi_ok) {
		call_fail(call, EINVAL, "expected %s to be a string, got %s", name, type_name(call->env, value));
		return false;
	}
	if (length == 0 || length >= size) {
		call_fail(call, EINVAL, "expected %s to have 1 to %zu bytes, got %zu", name, size - 1, length);
		return false;
	}
	napi_get_value_string_utf8(call->env, value, out, size, &length);
	if (strlen(out) == length)
		return true;
	call_fail(call, EINVAL, "expected %s without zero bytes", name);
	return false;
}

static napi_value member(const struct call *call, size_t index, const char *name)
{
	napi_value value = NULL;
	if (napi_get_named_property(call->env, call->values[index], name, &value) == napi_ok)
		return value;
	return make_undefined(call->env);
}

static const char *type_name(napi_env env, napi_value value)
{
	static const char *const names[] = {
		[napi_undefined] = "undefined", [napi_null] = "null",       [napi_boolean] = "a boolean",
		[napi_number] = "a number",     [napi_string] = "a string", [napi_symbol] = "a symbol",
		[napi_object] = "an object",    [napi_function] = "a function", [napi_external] = "an external",
		[napi_bigint] = "a bigint",
	};
	napi_valuetype type = napi_undefined;
	napi_typeof(env, value, &type);
	return names[type];
}

/* glibc prefers the other name of ENOTSUP. */
static const char *error_name(int error)
{
	const char *name = strerrorname_np(error);
	return error == ENOTSUP ? "ENOTSUP" : name != NULL ? name : "EUNKNOWN";
}
