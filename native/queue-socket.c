#include "queue-socket.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define QUEUES_MOST 64

/* Descriptors, plus one: none is zero. */
static int noted[RTE_MAX_ETHPORTS][QUEUES_MOST];

static int come_since(const struct queue_sockets *before);
static bool is_of_xdp(int fd);
static bool has(const struct queue_sockets *sockets, int fd);

bool queue_sockets_has(const struct rte_eth_dev_info *device)
{
	return device->driver_name != NULL && strcmp(device->driver_name, "net_af_xdp") == 0;
}

void queue_sockets_find(struct queue_sockets *found)
{
	DIR *directory = opendir("/proc/self/fd");

	found->count = 0;
	if (directory == NULL)
		return;
	for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
		int fd = atoi(entry->d_name); /* "." and ".." are 0, which is none */
		if (fd > 0 && found->count < QUEUE_SOCKETS_MOST && is_of_xdp(fd))
			found->fds[found->count++] = fd;
	}
	closedir(directory);
}

void queue_sockets_note(uint16_t port, uint16_t queue, const struct queue_sockets *before)
{
	if (queue < QUEUES_MOST)
		noted[port][queue] = come_since(before) + 1;
}

int queue_sockets_of(uint16_t port, uint16_t queue)
{
	return queue < QUEUES_MOST ? noted[port][queue] - 1 : -1;
}

static int come_since(const struct queue_sockets *before)
{
	struct queue_sockets now;

	queue_sockets_find(&now);
	for (unsigned int i = 0; i < now.count; i++)
		if (!has(before, now.fds[i]))
			return now.fds[i];
	return -1;
}

static bool is_of_xdp(int fd)
{
	int domain = 0;
	socklen_t length = sizeof(domain);
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_XDP;
}

static bool has(const struct queue_sockets *sockets, int fd)
{
	for (unsigned int i = 0; i < sockets->count; i++)
		if (sockets->fds[i] == fd)
			return true;
	return false;
}
