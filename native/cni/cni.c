/*
 * millrace-cni: what a container runtime runs. It passes its CNI_* environment and its configuration to the node's
 * agent, prints the agent's answer, and ends with the agent's status. It is static and needs nothing of the host.
 *
 *   to the agent    "CNI_COMMAND=ADD\0" "CNI_IFNAME=eth0\0" … "\0" configuration, then the end of the stream
 *   from the agent  one byte '0' or '1', the exit status, then what is to be printed, then the end of the stream
 *
 * The configuration is JSON and only the agent reads it; the two words that are needed without one are picked out.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/millrace/agent.sock"
#define INPUT_MAX (1 << 20)
#define ANSWER_MAX (4 << 20)

/* Error codes of the CNI specification 1.1. */
enum { FAILED_IO = 5, FAILED_TO_DECODE = 6, TRY_AGAIN = 11 };

extern char **environ;

static char version[32] = "1.1.0";

static size_t read_all(int fd, char *into, size_t size);
static bool read_word(const char *json, const char *name, char *into, size_t size);
static int connect_to(const char *path);
static void send_all(int fd, const void *bytes, size_t length, const char *path);
static void send_environment(int fd, const char *path);
static _Noreturn void fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

int main(void)
{
	static char input[INPUT_MAX + 1];
	static char answer[ANSWER_MAX];
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)] = DEFAULT_SOCKET;

	size_t length = read_all(STDIN_FILENO, input, INPUT_MAX);
	read_word(input, "\"cniVersion\"", version, sizeof(version));
	if (strstr(input, "\"agentSocket\"") != NULL && !read_word(input, "\"agentSocket\"", path, sizeof(path)))
		fail(FAILED_TO_DECODE, "expected agentSocket to be a plain path of at most %zu bytes", sizeof(path) - 1);
	int fd = connect_to(path);
	send_environment(fd, path);
	send_all(fd, input, length, path);
	shutdown(fd, SHUT_WR);
	size_t received = read_all(fd, answer, sizeof(answer));
	if (received == 0 || (answer[0] != '0' && answer[0] != '1'))
		fail(TRY_AGAIN, "the agent at %s has ended before it answered; what it had begun it undoes when it starts again", path);
	fwrite(answer + 1, 1, received - 1, stdout);
	if (fflush(stdout) != 0)
		return 1;
	return answer[0] - '0';
}

/* An end that comes too early is seen by what is missing. */
static size_t read_all(int fd, char *into, size_t size)
{
	size_t length = 0;
	while (length < size) {
		ssize_t count = read(fd, into + length, size - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return length;
		length += (size_t)count;
	}
	fail(FAILED_IO, "expected fewer than %zu bytes, got more", size);
}

/* Picks the text of a member out of JSON; false where it is no text, too long, or has escapes. */
static bool read_word(const char *json, const char *name, char *into, size_t size)
{
	const char *at = strstr(json, name);
	if (at == NULL)
		return false;
	at += strlen(name);
	at += strspn(at, " \t\r\n:");
	if (*at++ != '"')
		return false;
	size_t length = strcspn(at, "\"\\\n");
	if (at[length] != '"' || length == 0 || length >= size)
		return false;
	memcpy(into, at, length);
	into[length] = '\0';
	return true;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fail(FAILED_IO, "no socket could be made: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail(TRY_AGAIN, "nobody answers at %s (%s): the node's agent does not run; start it with: millrace agent", path,
			strerror(errno));
	return fd;
}

static void send_environment(int fd, const char *path)
{
	for (char **each = environ; *each != NULL; each++)
		if (strncmp(*each, "CNI_", 4) == 0)
			send_all(fd, *each, strlen(*each) + 1, path);
	send_all(fd, "", 1, path);
}

/* An agent that has gone shows when its answer is read. */
static void send_all(int fd, const void *bytes, size_t length, const char *path)
{
	for (size_t sent = 0; sent < length;) {
		ssize_t count = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
		if (count < 0 && errno != EINTR)
			fail(TRY_AGAIN, "the agent at %s does not listen to the end: %s", path, strerror(errno));
		sent += count > 0 ? (size_t)count : 0;
	}
}

/* The answer of CNI to a call that failed; what is in it has no character that JSON would escape. */
static void fail(int code, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printf("{\"cniVersion\":\"%s\",\"code\":%d,\"msg\":\"the Millrace agent did not answer\",\"details\":\"%s\"}\n",
		version, code, text);
	exit(1);
}
