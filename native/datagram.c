#include "datagram.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "args.h"

#define TEXT_MAX 8192

napi_value datagram_send(napi_env env, napi_callback_info info)
{
	struct call call;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char text[TEXT_MAX];

	if (!call_begin(&call, env, info, "send a datagram", 2) ||
		!arg_string(&call, 0, "path", address.sun_path, sizeof(address.sun_path)) ||
		!arg_string(&call, 1, "text", text, sizeof(text)))
		return NULL;
	socklen_t length = offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path) + 1;
	/* A name in the abstract namespace begins with a zero and ends with its length (unix(7)). */
	if (address.sun_path[0] == '@') {
		address.sun_path[0] = '\0';
		length--;
	}
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ssize_t sent = fd < 0 ? -1 : sendto(fd, text, strlen(text), MSG_NOSIGNAL, (void *)&address, length);
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (sent < 0)
		return call_fail(&call, error, "nobody takes it");
	return make_undefined(env);
}
