#include "tuntap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "args.h"

unsigned int if_nametoindex(const char *name);

static bool read_span(const struct call *call, int *fd, struct bytes *span);
static bool nothing_now(int error);

napi_value tap_open(napi_env env, napi_callback_info info)
{
	struct call call;
	struct ifreq request = {0};
	bool is_tun;

	if (!call_begin(&call, env, info, "open a TAP or TUN device", 2) ||
		!arg_string(&call, 0, "name", request.ifr_name, IFNAMSIZ) || !arg_bool(&call, 1, "isTun", &is_tun))
		return NULL;
	/* TUNSETIFF would attach to a persistent device that somebody else made. */
	if (if_nametoindex(request.ifr_name) != 0)
		return call_fail(&call, EBUSY, "the interface %s exists already", request.ifr_name);
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return call_fail(&call, errno, "could not open /dev/net/tun");
	request.ifr_flags = (short)((is_tun ? IFF_TUN : IFF_TAP) | IFF_NO_PI);
	if (ioctl(fd, TUNSETIFF, &request) != 0) {
		int error = errno;
		close(fd);
		return call_fail(&call, error, "the kernel refused the device %s", request.ifr_name);
	}
	return make_u32(env, (uint32_t)fd);
}

napi_value fd_read(napi_env env, napi_callback_info info)
{
	struct call call;
	struct bytes span;
	int fd;

	if (!call_begin(&call, env, info, "read from a device", 4) || !read_span(&call, &fd, &span))
		return NULL;
	ssize_t length = read(fd, span.data, span.length);
	if (length < 0 && !nothing_now(errno))
		return call_fail(&call, errno, "could not read from fd %d", fd);
	return make_u32(env, length > 0 ? (uint32_t)length : 0);
}

napi_value fd_write(napi_env env, napi_callback_info info)
{
	struct call call;
	struct bytes span;
	int fd;

	if (!call_begin(&call, env, info, "write to a device", 4) || !read_span(&call, &fd, &span))
		return NULL;
	ssize_t length = write(fd, span.data, span.length);
	/* EIO: the interface is down. */
	if (length < 0 && !nothing_now(errno) && errno != EIO)
		return call_fail(&call, errno, "could not write %zu bytes to fd %d", span.length, fd);
	return make_u32(env, length > 0 ? (uint32_t)length : 0);
}

napi_value fd_close(napi_env env, napi_callback_info info)
{
	struct call call;
	uint32_t fd;

	if (!call_begin(&call, env, info, "close a device", 1) || !arg_u32(&call, 0, "fd", INT32_MAX, &fd))
		return NULL;
	if (close((int)fd) != 0)
		return call_fail(&call, errno, "could not close fd %u", fd);
	return make_undefined(env);
}

static bool read_span(const struct call *call, int *fd, struct bytes *span)
{
	struct bytes memory;
	uint32_t number;
	uint32_t offset;
	uint32_t length;

	if (!arg_u32(call, 0, "fd", INT32_MAX, &number) || !arg_bytes(call, 1, "memory", &memory) ||
		!arg_u32(call, 2, "offset", UINT32_MAX, &offset) || !arg_u32(call, 3, "length", UINT32_MAX, &length))
		return false;
	if (offset > memory.length || length > memory.length - offset) {
		call_fail(call, ERANGE, "expected %u bytes at %u inside %zu", length, offset, memory.length);
		return false;
	}
	*fd = (int)number;
	*span = (struct bytes){.data = memory.data + offset, .length = length};
	return true;
}

static bool nothing_now(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}
